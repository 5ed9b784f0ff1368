import { isIdentifier } from '../../../cni/identifiers.ts';
import { isAttachments } from '../../../cni/valid-attachments.ts';
import { bareId } from '../../../hns-bridge/ids.ts';
import { parseScratch } from '../../flannel/scratch.ts';
import type { Look } from '../facts/facts.ts';
import { type ListedEndpoint, readEndpoints } from './endpoints.ts';

export type LeaseFact = Look['leases'][number];
export type SandboxFact = NonNullable<Look['sandboxes']>[number];
export type ScratchFact = Look['scratch'][number];

/** A pod on a network, or what is left of one, or what only looks like one: all that belongs together. */
export interface PodRow {
  /** Empty for a pod of the runtime's that has nothing of ours: it has the host's network. */
  readonly network: string;
  readonly container: string;
  /** A pod's; the host's own (its endpoints, kube-proxy's source address); an empty lease, which is nobody's. */
  readonly kind: 'pod' | 'host' | 'empty';
  /** As leases and scratch files have them. */
  readonly ifNames: readonly string[];
  readonly endpoints: readonly ListedEndpoint[];
  readonly leases: readonly LeaseFact[];
  readonly scratch: readonly ScratchFact[];
  readonly sandbox?: SandboxFact;
}

/** What one look shows. */
export interface JoinedLook {
  readonly at: number;
  readonly rows: readonly PodRow[];
  /** All of them; undefined where HNS does not answer. */
  readonly endpoints: readonly ListedEndpoint[] | undefined;
  /** Bare; undefined where HNS does not tell. */
  readonly namespaces: ReadonlySet<string> | undefined;
  /** Whether the runtime tells which pods there are, and they are those of this node's HNS. */
  readonly runtimeTells: boolean;
}

interface Parts {
  readonly network: string;
  readonly container: string;
  readonly kind: PodRow['kind'];
  readonly ifNames: Set<string>;
  readonly endpoints: ListedEndpoint[];
  readonly leases: LeaseFact[];
  readonly scratch: ScratchFact[];
}

/** Joins what one look shows by network and container: leases, endpoints, scratch files, the runtime's pods. */
export function joined(look: Look): JoinedLook {
  const endpoints = look.endpoints && readEndpoints(look.endpoints);
  const namespaces = look.namespaces && new Set(look.namespaces.map(bareId));
  const rows = new Map<string, Parts>();
  const rowOf = (network: string, container: string, kind: PodRow['kind']) => {
    const key = `${kind}\n${network}\n${container}`;
    const known = rows.get(key);
    if (known) return known;
    const made: Parts = {
      network,
      container,
      kind,
      ifNames: new Set(),
      endpoints: [],
      leases: [],
      scratch: [],
    };
    rows.set(key, made);
    return made;
  };
  for (const lease of look.leases) {
    const row = rowOf(lease.network, lease.container, kindOf(lease));
    row.leases.push(lease);
    if (lease.ifName !== '') row.ifNames.add(lease.ifName);
  }
  for (const endpoint of endpoints ?? []) {
    const { name, network, whose } = endpoint;
    if (whose.kind === 'pod') rowOf(network, whose.container, 'pod').endpoints.push(endpoint);
    if (whose.kind === 'host') hostRow(rows, endpoint, rowOf(network, name, 'host'));
  }
  for (const scratch of look.scratch) {
    const remembered = rememberedBy(scratch);
    if (!remembered) continue;
    const row = rowOf(remembered.network, remembered.container, 'pod');
    row.scratch.push(scratch);
    if (remembered.ifName !== '') row.ifNames.add(remembered.ifName);
  }
  const sandboxes = new Map(look.sandboxes?.map((sandbox) => [sandbox.id.toLowerCase(), sandbox]));
  const found = [...rows.values()]
    .filter((row) => row.endpoints.length + row.leases.length + row.scratch.length > 0)
    .map((row): PodRow => {
      const sandbox = row.kind === 'pod' ? sandboxes.get(row.container.toLowerCase()) : undefined;
      return { ...row, ifNames: [...row.ifNames].sort(), ...(sandbox ? { sandbox } : {}) };
    });
  const shown = new Set(found.map(({ container }) => container.toLowerCase()));
  const others = (look.sandboxes ?? []).filter(({ id }) => !shown.has(id.toLowerCase()));
  return {
    at: look.at,
    rows: [...found, ...others.map(withoutNetwork)].sort(byPlace),
    endpoints,
    namespaces,
    runtimeTells: look.sandboxes !== undefined && isOfThisHns(found, namespaces),
  };
}

function kindOf({ container, ifName }: LeaseFact): PodRow['kind'] {
  if (container === '') return 'empty';
  const owner = { containerId: container, ifName: ifName === '' ? undefined : ifName };
  return isAttachments(owner) ? 'pod' : 'host';
}

/** kube-proxy's source address has a lease and an endpoint, under names of their own: the address joins them. */
function hostRow(rows: ReadonlyMap<string, Parts>, endpoint: ListedEndpoint, own: Parts): void {
  const holder = [...rows.values()].find(
    ({ kind, leases, network }) =>
      kind === 'host' &&
      network === endpoint.network &&
      leases.some(({ address }) => endpoint.addresses.includes(address)),
  );
  (holder ?? own).endpoints.push(endpoint);
}

/** Whose a scratch file is; undefined for one that cannot be read, or names no pod. */
function rememberedBy({ container, text = '' }: ScratchFact) {
  const scratch = parseScratch(text);
  if (!scratch) return undefined;
  const { network, owner = { sandbox: container, ifName: '' } } = scratch;
  if (!isIdentifier(owner.sandbox)) return undefined;
  return { network, container: owner.sandbox, ifName: owner.ifName };
}

/** A pod of the runtime's that has neither endpoint nor lease: one with the host's network, or one that is being made. */
function withoutNetwork(sandbox: SandboxFact): PodRow {
  return {
    network: '',
    container: sandbox.id,
    kind: 'pod',
    ifNames: [],
    endpoints: [],
    leases: [],
    scratch: [],
    sandbox,
  };
}

/**
 * Whether the runtime that was asked is the one whose pods have endpoints here: there may be two, and
 * crictl asks one of them. Of pods that are certainly there it must know one: of those in namespaces, and of
 * those of Docker's, whose endpoints are in containers alone.
 */
function isOfThisHns(
  rows: readonly PodRow[],
  namespaces: ReadonlySet<string> | undefined,
): boolean {
  const kinds: readonly ((endpoint: ListedEndpoint) => boolean)[] = [
    ({ namespace }) => namespace !== undefined && namespaces?.has(namespace) === true,
    ({ containers, namespace }) => namespace === undefined && containers.length > 0,
  ];
  return kinds.every((isThere) => {
    const pods = rows.filter(({ endpoints, kind }) => kind === 'pod' && endpoints.some(isThere));
    return pods.length === 0 || pods.some(({ sandbox }) => sandbox);
  });
}

function byPlace(one: PodRow, other: PodRow): number {
  const places = [one, other].map(
    ({ container, kind, network }) => `${network === '' ? '~' : network}\n${kind}\n${container}`,
  );
  return (places[0] ?? '') < (places[1] ?? '') ? -1 : 1;
}
