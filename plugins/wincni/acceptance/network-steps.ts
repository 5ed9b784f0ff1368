import type { JsonObject } from '../../../cni/json-object.ts';
import { bareId } from '../../../hns-bridge/ids.ts';
import { documentsField, field, textField } from '../../../hns-bridge/json-document.ts';
import { inSeconds } from '../../../system/deadline.ts';
import { attemptUntil } from '../../../system/wait.ts';
import { create, enumerate, query, remove, v1 } from './hns-call.ts';
import { mostNamespaces, namespaceId } from './setting.ts';
import {
  type Finding,
  finding,
  inWords,
  isDone,
  notReached,
  refusalFinding,
  type Step,
  type Trial,
} from './step.ts';

/** How long a network may take to have its management address, and how often it is looked at. */
const addressLimits = { pauses: 500, timeout: 60_000 };

/** The network is made, and looked at in both dialects. */
export const makeNetwork: Step = {
  name: 'network',
  title: 'a network is made, and what it says of itself',
  claims: [
    'left-out.nat-type',
    'left-out.v1-nat-type',
    'left-out.ipam-type',
    'left-out.listing-success',
    'left-out.late-address',
    'wire.filter-by-name',
    'v1.network',
  ],
  async play({ ask, network }) {
    const { document, id, name, type } = network;
    const made = await ask(create('Network', id, document));
    if (!isDone(made)) {
      return [finding(false, `${type} network of ${network.subnet} is made`, inWords(made))];
    }
    const ids = await ask(enumerate('Network', { Name: name }));
    const inV1 = await ask(v1('GET', `/networks/${id}`));
    const listing = await ask(v1('GET', '/networks/'));
    return [
      finding(
        Array.isArray(ids.value) && ids.value.length === 1 && isId(ids.value[0], id),
        'its id is found by its name',
        JSON.stringify(ids.value ?? ids.code),
        'wire.filter-by-name',
      ),
      typeFinding(network.mode === 'nat', made.document),
      lateFinding(network.mode === 'nat', made.document),
      ...(network.mode === 'nat'
        ? [says(inV1.document, 'Type', 'NAT', 'left-out.v1-nat-type')]
        : [notReached('Type is NAT', notNat, 'left-out.v1-nat-type')]),
      leftOut(documentsField(made.document, 'Ipams'), 'Type', 'Static', 'left-out.ipam-type'),
      hasFields(inV1.document, ['ID', 'Name', 'Type', 'Subnets'], 'v1.network'),
      finding(
        isDone(listing) && listing.value !== undefined,
        'a listing of V1 says Success: true',
        isDone(listing) ? 'it does' : inWords(listing),
        'left-out.listing-success',
      ),
    ];
  },
};

function typeFinding(isNat: boolean, document: JsonObject): Finding {
  const type = textField(document, 'Type');
  if (!isNat) {
    return notReached('V2 says no type of a NAT network', notNat, 'left-out.nat-type');
  }
  return finding(
    type === undefined,
    'V2 says no type of a NAT network',
    type ?? 'none',
    'left-out.nat-type',
  );
}

/** Of the node's adapter: a NAT network has none. */
const addressIn = (network: JsonObject) =>
  documentsField(network, 'Policies').find(({ Type }) => Type === 'ProviderAddress');

function lateFinding(isNat: boolean, document: JsonObject): Finding {
  const expected = 'it has no management address when it is made';
  if (isNat) return notReached(expected, noneOfNat, 'left-out.late-address');
  const said = addressIn(document);
  const came = said ? JSON.stringify(said) : 'none';
  return finding(said === undefined, expected, came, 'left-out.late-address');
}

const notNat = 'it is for --modes nat';
const noneOfNat = 'a NAT network has none: --modes l2bridge,overlay';

/** A bridge or an overlay has its management address late. */
export const managementAddress: Step = {
  name: 'management-address',
  title: "when a network has the node's address",
  claims: ['left-out.late-address'],
  // How often it is looked at depends on the time.
  atOnce: true,
  unreached: ({ network }) => (network.mode === 'nat' ? noneOfNat : undefined),
  async play({ ask, clock, network }) {
    const started = clock.elapsed();
    let looks = 0;
    const found = await attemptUntil(clock, addressLimits, async () => {
      looks++;
      const { document } = await ask(query('Network', network.id));
      return addressIn(document);
    });
    const time = inSeconds(clock.elapsed() - started);
    return [
      finding(
        found !== undefined,
        'it has one within 60 s',
        found ? `after ${time}, ${looks} looks` : `none after ${time}`,
        'left-out.late-address',
      ),
    ];
  },
};

/** The namespaces of the pods, as containerd makes them. */
export const makeNamespaces: Step = {
  name: 'namespaces',
  title: 'namespaces are made, as a runtime makes them',
  claims: ['left-out.namespace-type', 'v1.namespace'],
  async play({ ask, atOnce }) {
    const findings: Finding[] = [];
    const count = Math.min(mostNamespaces, Math.max(2, atOnce));
    for (let number = 1; number <= count; number++) {
      const made = await ask(
        create('Namespace', namespaceId(number), {
          SchemaVersion: { Major: 2, Minor: 0 },
        }),
      );
      if (isDone(made) && number > 1) continue;
      findings.push(finding(isDone(made), 'a namespace is made', inWords(made)));
      if (!isDone(made)) return findings;
      findings.push(leftOut([made.document], 'Type', 'Host', 'left-out.namespace-type'));
    }
    const inV1 = await ask(v1('GET', `/namespaces/${namespaceId(1)}`));
    return [...findings, hasFields(inV1.document, ['ID', 'CompartmentId'], 'v1.namespace')];
  },
};

/** The network is deleted, with its namespaces. */
export const deleteNetwork: Step = {
  name: 'delete',
  title: 'namespaces and network are deleted',
  claims: [],
  async play(trial) {
    const { ask, network } = trial;
    const endpoints = await ask(enumerate('Endpoint', { VirtualNetwork: network.id }));
    const namespaces = await deleteNamespaces(trial);
    const deleted = await ask(remove('Network', network.id));
    const again = await ask(remove('Network', network.id));
    return [
      finding(
        JSON.stringify(endpoints.value) === '[]',
        'no endpoint is left of all this',
        JSON.stringify(endpoints.value ?? endpoints.code),
      ),
      ...namespaces,
      finding(isDone(deleted), 'the network is deleted', inWords(deleted)),
      refusalFinding(again, 'deleted again', ['0x803B0001'], 'codes.network-not-found'),
    ];
  },
};

async function deleteNamespaces({ ask, atOnce }: Trial): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const count = Math.min(mostNamespaces, Math.max(2, atOnce));
  for (let number = 1; number <= count; number++) {
    const deleted = await ask(remove('Namespace', namespaceId(number)));
    if (!isDone(deleted)) {
      findings.push(finding(false, `namespace ${number} is deleted`, inWords(deleted)));
    }
  }
  return findings;
}

/** What an object says under a key. */
export function says(
  document: JsonObject,
  key: string,
  wanted: string,
  ...claims: Finding['claims']
): Finding {
  const said = textField(document, key);
  return finding(said === wanted, `${key} is ${wanted}`, said ?? `no ${key}`, ...claims);
}

/** The keys that objects must have. */
export function hasFields(
  document: JsonObject,
  keys: readonly string[],
  ...claims: Finding['claims']
): Finding {
  const missing = keys.filter((key) => field(document, key) === undefined);
  const came = missing.length === 0 ? 'all there' : `without ${missing.join(', ')}`;
  return finding(missing.length === 0, `V1 has ${keys.join(', ')}`, came, ...claims);
}

/** That the value which counts as nothing is left out of the documents. */
export function leftOut(
  documents: readonly JsonObject[],
  key: string,
  nothing: string,
  ...claims: Finding['claims']
): Finding {
  const expected = `${key} ${nothing} is left out`;
  if (documents.length === 0)
    return notReached(expected, 'the document has no such part', ...claims);
  const said = documents.flatMap((document) => textField(document, key) ?? []);
  return finding(said.length === 0, expected, said[0] ?? 'left out', ...claims);
}

export const isId = (value: unknown, id: string): boolean =>
  typeof value === 'string' && bareId(value) === bareId(id);
