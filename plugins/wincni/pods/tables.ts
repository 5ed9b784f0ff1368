import type { JsonObject } from '../../../cni/json-object.ts';
import { readId } from '../../../hns-bridge/ids.ts';
import { documentsField, field, textField } from '../../../hns-bridge/json-document.ts';
import type { ListedEndpoint } from './endpoints.ts';
import { shortId } from './looks.ts';
import { isInGone, type JudgedLook, type JudgedRow } from './verdict.ts';
import { ageOf, shortGuid, stateOf } from './words.ts';

/** A table to print: cells that are cut are whole where it is wide. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The pods: what belongs together, a line each. */
export function podTable(rows: readonly JudgedRow[], at: number, wide: boolean): Table {
  const named = rows.some(({ sandbox }) => sandbox);
  if (!wide) {
    return {
      head: [named ? 'POD' : 'CONTAINER', 'NETWORK', 'ADDRESS', 'ENDPOINT', 'LEASE', 'STATE'],
      rows: rows.map((row) => [
        cut(row.sandbox?.name ?? shortId(row.container), 20),
        row.network || '-',
        addressesOf(row)[0] ?? '-',
        row.endpoints.map(({ id }) => shortGuid(id)).join(',') || '-',
        leasedAs(row),
        row.verdict.word,
      ]),
    };
  }
  return {
    head: [
      'NAMESPACE',
      'POD',
      'CONTAINER',
      'INTERFACE',
      'NETWORK',
      'ADDRESS',
      'ENDPOINT',
      'ENDPOINT STATE',
      'COMPUTE NAMESPACE',
      'LEASE',
      'SCRATCH',
      'STATE',
    ],
    rows: rows.map((row) => [
      row.sandbox?.namespace ?? '-',
      row.sandbox?.name ?? '-',
      row.container || '-',
      row.ifNames.join(',') || '-',
      row.network || '-',
      addressesOf(row).join(',') || '-',
      row.endpoints.map(({ id }) => id).join(',') || '-',
      row.endpoints.map(stateOf).join(',') || '-',
      row.endpoints.flatMap(({ namespace }) => namespace ?? []).join(',') || '-',
      row.leases.map(({ modified }) => ageOf(at, modified)).join(',') || '-',
      row.scratch.length > 0 ? 'yes' : '-',
      row.verdict.word,
    ]),
  };
}

function leasedAs({ leases, problems }: JudgedRow): string {
  if (problems.includes('no lease')) return 'none';
  return leases.length > 0 ? 'yes' : '-';
}

/** Those of its endpoints, and those of its leases that no endpoint of it has. */
export function addressesOf({ endpoints, leases }: JudgedRow): readonly string[] {
  return [
    ...new Set([
      ...endpoints.flatMap(({ addresses }) => addresses),
      ...leases.map(({ address }) => address),
    ]),
  ];
}

/** host-local's leases, by network and address. */
export function leaseTable(rows: readonly JudgedRow[], at: number, wide: boolean): Table {
  const leases = rows.flatMap((row) => row.leases.map((lease) => ({ row, lease })));
  return {
    head: ['ADDRESS', 'NETWORK', 'CONTAINER', 'INTERFACE', 'AGE', 'STATE'],
    rows: leases.map(({ lease, row }) => [
      lease.address,
      lease.network,
      (wide ? lease.container : shortId(lease.container)) || '-',
      lease.ifName || '-',
      ageOf(at, lease.modified),
      row.verdict.word,
    ]),
  };
}

/** HNS's endpoints, whosever. */
export function endpointTable(
  endpoints: readonly ListedEndpoint[],
  look: Pick<JudgedLook, 'namespaces'>,
  wide: boolean,
): Table {
  return {
    head: ['ENDPOINT', 'OF', 'NETWORK', 'ADDRESS', 'STATE', 'COMPUTE NS'],
    rows: endpoints.map((endpoint) => [
      wide ? endpoint.id : shortGuid(endpoint.id),
      ownerOf(endpoint, wide),
      endpoint.network || '-',
      endpoint.addresses.join(',') || '-',
      stateOf(endpoint),
      namespaceOf(endpoint, look, wide),
    ]),
  };
}

function ownerOf({ name, whose }: ListedEndpoint, wide: boolean): string {
  if (whose.kind === 'pod') return wide ? whose.container : shortId(whose.container);
  if (whose.kind === 'host') return `host: ${name}`;
  // kube-proxy makes one for each address of another node.
  return whose.kind === 'remote' ? 'remote' : wide ? name : cut(name, 20) || '-';
}

function namespaceOf(
  endpoint: ListedEndpoint,
  { namespaces }: Pick<JudgedLook, 'namespaces'>,
  wide: boolean,
): string {
  const { namespace } = endpoint;
  if (namespace === undefined) return '-';
  const id = wide ? namespace : shortGuid(namespace);
  return isInGone(endpoint, namespaces) ? `${id} gone` : id;
}

/** HNS's networks, with how many endpoints and leases each has. */
export function networkTable(
  documents: readonly JsonObject[],
  { endpoints = [], rows }: Pick<JudgedLook, 'endpoints' | 'rows'>,
  wide: boolean,
): Table {
  const leases = rows.flatMap((row) => row.leases);
  const subnets = (document: JsonObject, key: string) =>
    documentsField(document, 'Subnets')
      .flatMap((subnet) => textField(subnet, key) ?? [])
      .join(',') || '-';
  return {
    head: [
      'NETWORK',
      'TYPE',
      'SUBNET',
      ...(wide ? ['GATEWAY'] : []),
      'MANAGEMENT',
      'ENDPOINTS',
      'LEASES',
      ...(wide ? ['ID'] : []),
    ],
    rows: documents.map((document) => {
      const name = textField(document, 'Name') ?? '';
      return [
        name || '-',
        textField(document, 'Type') ?? '-',
        subnets(document, 'AddressPrefix'),
        ...(wide ? [subnets(document, 'GatewayAddress')] : []),
        textField(document, 'ManagementIP') ?? '-',
        String((endpoints ?? []).filter(({ network }) => network === name).length),
        String(leases.filter(({ network }) => network === name).length),
        ...(wide ? [readId(field(document, 'ID')) ?? '-'] : []),
      ];
    }),
  };
}

/** HNS's compute namespaces, each with the pods whose endpoints are in it. */
export function namespaceTable(
  { namespaces = new Set(), rows }: Pick<JudgedLook, 'namespaces' | 'rows'>,
  host: ReadonlySet<string>,
  wide: boolean,
): Table {
  return {
    head: ['COMPUTE NAMESPACE', 'ENDPOINT', 'POD'],
    rows: [...(namespaces ?? [])].sort().map((id) => {
      const here = rows.flatMap(({ container, endpoints, sandbox }) =>
        endpoints
          .filter(({ namespace }) => namespace === id)
          .map((endpoint) => ({ endpoint, name: sandbox?.name ?? container })),
      );
      return [
        id,
        here.map(({ endpoint }) => (wide ? endpoint.id : shortGuid(endpoint.id))).join(',') || '-',
        here.map(({ name }) => (wide ? name : cut(shortId(name), 20))).join(',') ||
          (host.has(id) ? "the host's own" : '-'),
      ];
    }),
  };
}

/** Those of a network, or of a container whose id begins so. */
export function chosen<Row extends { readonly network: string }>(
  rows: readonly Row[],
  {
    container,
    network,
  }: { readonly container?: string | undefined; readonly network?: string | undefined },
  containerOf: (row: Row) => string,
): readonly Row[] {
  return rows.filter(
    (row) =>
      (network === undefined || row.network === network) &&
      (container === undefined ||
        containerOf(row).toLowerCase().startsWith(container.toLowerCase())),
  );
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 2)}..` : text;
}
