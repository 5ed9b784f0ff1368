import type { JsonObject } from '../../../cni/json-object.ts';
import { bareId } from '../../../hns-bridge/ids.ts';
import {
  documentField,
  documentsField,
  field,
  textField,
} from '../../../hns-bridge/json-document.ts';
import { create, enumerate, moveEndpoint, type Outcome, query, remove, v1 } from './hns-call.ts';
import { hasFields, isId, leftOut } from './network-steps.ts';
import { endpointDocument, portMapping } from './refusals.ts';
import { firstOfEndpoints, namespaceId, ownId } from './setting.ts';
import {
  type Finding,
  finding,
  inWords,
  isDone,
  notReached,
  refusalFinding,
  type Step,
} from './step.ts';

const zeros = '00000000-0000-0000-0000-000000000000';

/** What HNS gives an endpoint that asks for nothing, or for little. */
export const bareEndpoints: Step = {
  name: 'endpoints',
  title: 'what HNS gives an endpoint, and what it leaves out',
  claims: [
    'simulator.lowest-address',
    'simulator.mac-range',
    'simulator.default-route',
    'left-out.mac-at-once',
    'wire.prefix-length',
    'names.id-of-zeros',
    'names.filter-virtual-network',
    'left-out.port-mapping-type',
    'left-out.acl',
    'left-out.filled-in',
    'v1.endpoint',
  ],
  async play({ ask, network }) {
    const id = ownId('bare');
    const bare = await ask(
      create('Endpoint', id, endpointDocument(network, 'bare', {}), network.id),
    );
    if (!isDone(bare)) {
      return [finding(false, 'an endpoint is made that asks for nothing', inWords(bare))];
    }
    const inV1 = await ask(v1('GET', `/endpoints/${id}`));
    const listed = await ask(enumerate('Endpoint', { VirtualNetwork: network.id }));
    const chosen = await ask(
      create('Endpoint', zeros, endpointDocument(network, 'zeros', {}), network.id),
    );
    await ask(remove('Endpoint', textField(chosen.document, 'ID') ?? ''));
    await ask(remove('Endpoint', id));
    const dressed = await ask(
      create(
        'Endpoint',
        ownId('dressed'),
        endpointDocument(network, 'dressed', {
          IpConfigurations: [{ IpAddress: network.address(firstOfEndpoints) }],
          Policies: [portMapping, allowIn],
        }),
        network.id,
      ),
    );
    await ask(remove('Endpoint', ownId('dressed')));
    return [
      ...chosenFindings(bare.document, network.address(3), network.gateway),
      hasFields(
        inV1.document,
        ['ID', 'Name', 'VirtualNetwork', 'VirtualNetworkName', 'IPAddress', 'MacAddress'],
        'v1.endpoint',
      ),
      finding(
        Array.isArray(listed.value) && listed.value.some((one) => isId(one, id)),
        'it is found by its network',
        isDone(listed) ? JSON.stringify(listed.value) : inWords(listed),
        'names.filter-virtual-network',
      ),
      finding(
        isDone(chosen) && bareId(textField(chosen.document, 'ID') ?? zeros) !== zeros,
        'HNS chooses an id where that of zeros is given',
        isDone(chosen) ? 'it does' : inWords(chosen),
        'names.id-of-zeros',
      ),
      ...policyFindings(dressed),
    ];
  },
};

const allowIn: JsonObject = {
  Type: 'ACL',
  Settings: { Protocols: '6', Action: 'Allow', Direction: 'In', LocalPorts: '80' },
};

function chosenFindings(document: JsonObject, lowest: string, gateway: string): readonly Finding[] {
  const [first = {}] = documentsField(document, 'IpConfigurations');
  const [route = {}] = documentsField(document, 'Routes');
  const address = textField(first, 'IpAddress') ?? 'none';
  const prefix = field(first, 'PrefixLength');
  const mac = textField(document, 'MacAddress') ?? 'none';
  const hop = `${textField(route, 'DestinationPrefix')} via ${textField(route, 'NextHop')}`;
  return [
    finding(address === lowest, `the address ${lowest}`, address, 'simulator.lowest-address'),
    finding(/^00-15-5d/i.test(mac), 'a MAC address in 00-15-5D', mac, 'simulator.mac-range'),
    finding(
      address !== 'none' && mac !== 'none',
      'address and MAC address are there when it is made',
      `${address}, ${mac}`,
      'left-out.mac-at-once',
    ),
    finding(
      typeof prefix === 'number',
      'the prefix length, which nobody gave',
      String(prefix ?? 'none'),
      'wire.prefix-length',
    ),
    finding(
      hop === `0.0.0.0/0 via ${gateway}`,
      `the route 0.0.0.0/0 via ${gateway}`,
      hop,
      'simulator.default-route',
    ),
  ];
}

/** Of a port mapping, and of an ACL that allows all that comes to port 80. */
function policyFindings(dressed: Outcome): readonly Finding[] {
  if (!isDone(dressed)) {
    return [finding(false, 'an endpoint with a port mapping and an ACL is made', inWords(dressed))];
  }
  const policies = documentsField(dressed.document, 'Policies');
  const settings = policies.map((policy) => documentField(policy, 'Settings'));
  const ports = policies.filter((_, index) => field(settings[index] ?? {}, 'ExternalPort'));
  const [acl] = settings.filter((each) => field(each, 'LocalPorts') !== undefined);
  const words = ['Action', 'Direction'].filter((key) => field(acl ?? {}, key) !== undefined);
  const added = Object.keys(acl ?? {}).filter(
    (key) => !(key in documentField(allowIn, 'Settings')),
  );
  return [
    leftOut(ports, 'Type', 'PortMapping', 'left-out.port-mapping-type'),
    acl
      ? finding(
          words.length === 0,
          'Action Allow and Direction In are left out of an ACL',
          words.length === 0 ? 'left out' : `it has ${words.join(' and ')}`,
          'left-out.acl',
        )
      : notReached('an ACL is answered', 'the endpoint has none', 'left-out.acl'),
    added.length > 0
      ? finding(true, 'HNS adds to an ACL', `it added ${added.join(', ')}`, 'left-out.filled-in')
      : notReached('HNS adds to an ACL', 'it added nothing to this one', 'left-out.filled-in'),
  ];
}

/** An endpoint comes and goes between namespaces. */
export const attaching: Step = {
  name: 'attach',
  title: 'attached twice, detached twice, deleted twice, made anew',
  claims: [
    'wire.add-to-namespace',
    'simulator.attached',
    'codes.attached',
    'simulator.detach-first',
    'codes.references',
    'codes.object-not-found',
    'names.no-namespace-at-creation',
    'codes.endpoint-not-found',
  ],
  async play({ ask, network }) {
    const id = ownId('attached');
    const own = namespaceId(1);
    const asked = endpointDocument(network, 'attached', {
      IpConfigurations: [{ IpAddress: network.address(firstOfEndpoints) }],
    });
    const make = (more: JsonObject = {}) =>
      ask(create('Endpoint', id, { ...asked, ...more }, network.id));
    const early = await make({ HostComputeNamespace: own });
    const early2 = isDone(early) ? await ask(query('Endpoint', id)) : early;
    if (isDone(early)) await ask(remove('Endpoint', id));
    const made = await make();
    if (!isDone(made)) return [finding(false, 'an endpoint is made', inWords(made))];
    const attached = await ask(moveEndpoint('Add', own, id));
    const seen = await ask(query('Endpoint', id));
    const again = await ask(moveEndpoint('Add', own, id));
    const elsewhere = await ask(moveEndpoint('Add', namespaceId(2), id));
    const inUse = await ask(remove('Endpoint', id));
    const netInUse = await ask(remove('Network', network.id));
    const detached = await ask(moveEndpoint('Remove', own, id));
    const detachedAgain = await ask(moveEndpoint('Remove', own, id));
    const deleted = await ask(remove('Endpoint', id));
    const deletedAgain = await ask(remove('Endpoint', id));
    const anew = await make();
    await ask(remove('Endpoint', id));
    return [
      finding(
        !isDone(early) || textField(early2.document, 'HostComputeNamespace') === undefined,
        'an endpoint is not made in a namespace',
        isDone(early) ? 'made, outside of it' : inWords(early),
        'names.no-namespace-at-creation',
      ),
      finding(
        isDone(attached) && isId(textField(seen.document, 'HostComputeNamespace'), own),
        'it is in the namespace then',
        isDone(attached) ? 'it is' : inWords(attached),
        'wire.add-to-namespace',
      ),
      refusalFinding(
        again,
        'attached again',
        ['0x803B0014'],
        'simulator.attached',
        'codes.attached',
      ),
      refusalFinding(
        elsewhere,
        'attached elsewhere',
        ['0x803B002B'],
        'simulator.attached',
        'codes.attached',
      ),
      refusalFinding(
        inUse,
        'deleted while it is attached',
        ['0x803B002C'],
        'simulator.detach-first',
        'codes.references',
      ),
      refusalFinding(
        netInUse,
        'its network deleted meanwhile',
        ['0x803B002C'],
        'simulator.detach-first',
        'codes.references',
      ),
      finding(isDone(detached), 'it is detached', inWords(detached)),
      refusalFinding(detachedAgain, 'detached again', ['0x80070490'], 'codes.object-not-found'),
      finding(isDone(deleted), 'it is deleted', inWords(deleted)),
      refusalFinding(deletedAgain, 'deleted again', ['0x803B0002'], 'codes.endpoint-not-found'),
      finding(isDone(anew), 'another one of the same id is made', inWords(anew)),
    ];
  },
};

/** What V1 makes, and how V1 refuses. */
export const firstDialect: Step = {
  name: 'v1',
  title: 'what V1 makes, and what V2 sees of it',
  claims: ['seen.v1-unlisted', 'names.removeresource'],
  async play({ ask, network }) {
    const own = namespaceId(1);
    const made = await ask(
      v1('POST', '/endpoints', {
        VirtualNetwork: network.id,
        Name: `${network.name}-v1`,
        IPAddress: network.address(firstOfEndpoints),
      }),
    );
    const id = textField(made.document, 'ID') ?? '';
    if (!isDone(made) || id === '') return [finding(false, 'V1 makes an endpoint', inWords(made))];
    const listed = await ask(enumerate('Endpoint'));
    const isListed = Array.isArray(listed.value) && listed.value.some((one) => isId(one, id));
    const opened = await ask(query('Endpoint', id));
    const resource = { Type: 'Endpoint', Data: { Id: id } };
    const attached = await ask(v1('POST', `/namespaces/${own}/addresource`, resource));
    const detached = await ask(v1('POST', `/namespaces/${own}/removeresource`, resource));
    const deleted = await ask(v1('DELETE', `/endpoints/${id}`));
    const nothing = await ask(v1('GET', `/namespaces/${ownId('nobody')}`));
    return [
      isListed
        ? notReached('V2 does not list it', 'V2 lists it', 'seen.v1-unlisted')
        : finding(isDone(listed), 'V2 does not list it', inWords(listed), 'seen.v1-unlisted'),
      finding(isDone(opened), 'V2 opens it by its id', inWords(opened)),
      finding(isDone(attached), 'addresource attaches it', inWords(attached)),
      finding(
        isDone(detached),
        'removeresource detaches it',
        inWords(detached),
        'names.removeresource',
      ),
      finding(isDone(deleted), 'V1 deletes it', inWords(deleted)),
      refusalFinding(nothing, 'a namespace that is not there, of V1', ['0x80070490']),
    ];
  },
};
