import type { JsonObject } from '../../../cni/json-object.ts';
import { schemaVersion } from '../../../hns-bridge/documents.ts';
import { textField } from '../../../hns-bridge/json-document.ts';
import type { ClaimId } from './claims.ts';
import { create, enumerate, type HnsCall, query, remove, v1 } from './hns-call.ts';
import { firstOfEndpoints, type ModeName, ownId, type TrialNetwork } from './setting.ts';
import { type Finding, inWords, isDone, notReached, refusalFinding, type Step } from './step.ts';

/** The endpoint that is in the way of the others. */
export interface Neighbour {
  readonly id: string;
  readonly address: string;
  readonly mac: string;
}

/** Something that HNS refuses. */
export interface Trespass {
  readonly what: string;
  readonly codes: readonly string[];
  readonly claims: readonly ClaimId[];
  /** On these kinds of network alone. */
  readonly modes?: readonly ModeName[];
  readonly call: (network: TrialNetwork, neighbour: Neighbour) => HnsCall;
}

const trespasser = ownId('trespasser');
const nobody = ownId('nobody');
const hostPort = 31_211;

/** The document of an endpoint. */
export function endpointDocument(
  network: TrialNetwork,
  name: string,
  rest: JsonObject,
): JsonObject {
  return {
    Name: `${network.name}-${name}`,
    HostComputeNetwork: network.id,
    ...rest,
    ...schemaVersion,
  };
}

/** An endpoint that is asked for with these fields. */
const endpoint =
  (rest: (network: TrialNetwork, neighbour: Neighbour) => JsonObject) =>
  (network: TrialNetwork, neighbour: Neighbour): HnsCall =>
    create(
      'Endpoint',
      trespasser,
      endpointDocument(network, 'trespasser', rest(network, neighbour)),
      network.id,
    );

const at = (address: string): JsonObject => ({ IpConfigurations: [{ IpAddress: address }] });
const next = firstOfEndpoints + 1;
const policies = (...list: readonly JsonObject[]) =>
  endpoint(({ address }) => ({ ...at(address(next)), Policies: list }));

/** A host port of the node. */
export const portMapping: JsonObject = {
  Type: 'PortMapping',
  Settings: { Protocol: 6, InternalPort: 80, ExternalPort: hostPort },
};

const exceptions = (...list: readonly string[]): JsonObject => ({
  Type: 'OutBoundNAT',
  Settings: { Exceptions: list },
});

/** What HNS refuses, each with the codes that HNS.md has for it. */
export const trespasses: readonly Trespass[] = [
  {
    what: 'a second network of a name',
    codes: ['0x803B0010'],
    claims: ['codes.network-exists', 'seen.second-name'],
    call: ({ document }) => create('Network', trespasser, document),
  },
  {
    what: 'a network of an unknown type',
    codes: ['0x803B000B'],
    claims: ['codes.network-type'],
    call: ({ document, name }) =>
      create('Network', trespasser, { ...document, Name: `${name}-wrong`, Type: 'Wrong' }),
  },
  {
    what: 'an address that is taken',
    codes: ['0x80071392'],
    claims: ['simulator.taken', 'codes.address-taken'],
    call: endpoint((_, { address }) => at(address)),
  },
  {
    what: 'an address of a foreign subnet',
    codes: ['0x803B001E'],
    claims: ['codes.address', 'seen.no-subnet'],
    call: endpoint(() => at('203.0.113.7')),
  },
  {
    what: "the gateway's address",
    codes: ['0x803B002F'],
    claims: ['simulator.reserved', 'codes.address-taken'],
    call: endpoint(({ gateway }) => at(gateway)),
  },
  {
    what: "the subnet's own address",
    codes: ['0x803B002F'],
    claims: ['simulator.reserved'],
    call: endpoint(({ address }) => at(address(0))),
  },
  {
    what: "the subnet's last address",
    codes: ['0x803B002F'],
    claims: ['simulator.reserved'],
    call: endpoint(({ broadcast }) => at(broadcast)),
  },
  {
    what: 'the same MAC address',
    codes: ['0x80071392'],
    claims: ['simulator.taken'],
    call: endpoint(({ address }, { mac }) => ({ ...at(address(next)), MacAddress: mac })),
  },
  {
    what: 'the same id',
    codes: ['0x80071392'],
    claims: ['codes.address-taken'],
    call: (network, { id }) => ({
      ...endpoint(({ address }) => at(address(next)))(network, { id, address: '', mac: '' }),
      target: id,
    }),
  },
  {
    what: 'a MAC address that is none',
    codes: ['0x80070057'],
    claims: ['codes.parameter'],
    call: endpoint(({ address }) => ({ ...at(address(next)), MacAddress: 'none' })),
  },
  {
    what: 'a host port twice',
    codes: ['0x803B0013'],
    claims: ['simulator.one-host-port', 'codes.port-exists'],
    call: policies(portMapping),
  },
  {
    what: 'a policy of an unknown type',
    codes: ['0x803B000E'],
    claims: ['codes.policy-type'],
    call: policies({ Type: 'Wrong', Settings: {} }),
  },
  {
    what: 'a policy with a setting that is none',
    codes: ['0x803B000D'],
    claims: ['codes.policy'],
    call: policies(exceptions('no CIDR')),
  },
  {
    what: 'two exception lists',
    codes: ['0x803B000D'],
    claims: ['simulator.one-exception-list'],
    modes: ['l2bridge', 'overlay'],
    call: policies(exceptions('10.244.0.0/16'), exceptions('10.96.0.0/12')),
  },
  {
    what: 'a document that is no JSON',
    codes: ['0x803B001B'],
    claims: ['codes.json'],
    call: ({ id }) => create('Endpoint', trespasser, '{"Name":', id),
  },
  {
    what: 'a network that is not there',
    codes: ['0x803B0001'],
    claims: ['codes.network-not-found'],
    call: () => query('Network', nobody),
  },
  {
    what: 'an endpoint that is not there',
    codes: ['0x803B0002'],
    claims: ['codes.endpoint-not-found'],
    call: () => query('Endpoint', nobody),
  },
  {
    what: 'deleting an endpoint that is not there',
    codes: ['0x803B0002'],
    claims: ['codes.endpoint-not-found'],
    call: () => remove('Endpoint', nobody),
  },
  {
    what: 'a namespace that is not there',
    codes: ['0x80070490'],
    claims: ['codes.object-not-found'],
    call: () => query('Namespace', nobody),
  },
  {
    what: 'an endpoint that is not there, of V1',
    codes: ['0x803B0002', '0x80070490'],
    claims: [],
    call: () => v1('GET', `/endpoints/${nobody}`),
  },
];

/** HNS refuses what it must, with the codes that are known. */
export const refusals: Step = {
  name: 'refusals',
  title: 'what HNS refuses, and with which code',
  claims: [...new Set(trespasses.flatMap(({ claims }) => claims)), 'seen.no-subnet-words'],
  async play({ ask, network }) {
    const id = ownId('neighbour');
    const address = network.address(firstOfEndpoints);
    const asked = { ...at(address), Policies: [portMapping] };
    const made = await ask(
      create('Endpoint', id, endpointDocument(network, 'neighbour', asked), network.id),
    );
    if (!isDone(made)) {
      return [notReached('an endpoint in the way of others', inWords(made), ...refusals.claims)];
    }
    const mac = textField(made.document, 'MacAddress') ?? '';
    const findings: Finding[] = [];
    for (const { call, claims, codes, modes, what } of trespasses) {
      if (modes && !modes.includes(network.mode)) {
        findings.push(notReached(what, `for ${modes.join(' and ')} alone`, ...claims));
        continue;
      }
      const asking = call(network, { id, address, mac });
      const outcome = await ask(asking);
      findings.push(refusalFinding(outcome, what, codes, ...claims));
      if (outcome.code === '0x803B001E') findings.push(wordsFinding(outcome.said));
      // What HNS took after all must not be in the way of the next.
      const taken = /^Create(Network|Endpoint)$/.exec(asking.operation)?.[1];
      if (isDone(outcome) && asking.target === trespasser) {
        if (taken === 'Network') await ask(remove('Network', trespasser));
        if (taken === 'Endpoint') await ask(remove('Endpoint', trespasser));
      }
    }
    await ask(enumerate('Endpoint', { VirtualNetwork: network.id }));
    await ask(remove('Endpoint', id));
    return findings;
  },
};

function wordsFinding(said: string): Finding {
  const words = 'not part of any configured subnet(s)';
  return {
    expected: `the words "${words}"`,
    came: said,
    result: said.includes(words) ? 'as expected' : 'otherwise',
    claims: ['seen.no-subnet-words'],
  };
}
