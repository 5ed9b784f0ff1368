import { isAttached, type ListedEndpoint } from './endpoints.ts';
import { isInGone, type JudgedLook, type JudgedRow } from './verdict.ts';

/** Whether what is left of a pod may go, and why. */
export interface Proof {
  readonly row: JudgedRow;
  readonly dead: boolean;
  /** What proves it, or why it stays. */
  readonly why: string;
}

/** What there is beside the looks. */
export interface Known {
  /** The networks that HNS has, by their names. */
  readonly networks: ReadonlySet<string>;
  /** The namespaces that V1 lists, bare: the looks have V2's. */
  readonly namespaces: ReadonlySet<string>;
  /** The node's own namespace, bare: no pod's, and without an endpoint. */
  readonly hostNamespaces: ReadonlySet<string>;
}

/**
 * How long a pod may be in the making, in milliseconds. What is younger may be of a pod that no runtime lists
 * yet: containerd does when the sandbox has started, long after ADD has answered (sandbox_run.go). kubelet
 * gives RunPodSandbox twice its runtimeRequestTimeout, four minutes unless it says more (remote_runtime.go),
 * and what failed is taken away in another one.
 */
export const longestStart = 600_000;

/**
 * Which of the rows that are not whole are proven to be of no pod any more. Nothing counts that did not
 * stand in two looks, is younger than an ADD takes, or is the host's own. Where the runtime tells its pods,
 * it is the proof; else what HNS itself says: a namespace that does not exist, or that nothing is left in
 * which a pod could live.
 */
export function proofs(look: JudgedLook, known: Known): readonly Proof[] {
  return look.rows
    .filter(
      ({ kind, network, problems }) => kind === 'pod' && network !== '' && problems.length > 0,
    )
    .map((row) => ({ row, ...proofOf(row, look, known) }));
}

type Said = Omit<Proof, 'row'>;

const dead = (why: string): Said => ({ dead: true, why });
const stays = (why: string): Said => ({ dead: false, why });

function proofOf(row: JudgedRow, look: JudgedLook, known: Known): Said {
  if (row.sandbox) return stays('the runtime has this pod: delete the pod to have it made anew');
  if (!row.twice) return stays('seen once: an ADD or DEL may be at it');
  const times = [...row.leases, ...row.scratch].flatMap(({ modified }) => modified ?? []);
  const youngest = Math.max(...times);
  // A clock that was set back makes a file of the future: that tells nothing of its age either.
  if (look.at - youngest < longestStart) {
    return stays(`younger than ${longestStart / 60_000} minutes: its pod may be in the making`);
  }
  const { endpoints } = row;
  const holder = otherHolder(row, look);
  if (holder) return stays(`endpoint ${holder.id} has its address`);
  const areGone = endpoints.every(
    (endpoint) =>
      isInGone(endpoint, look.namespaces) && !known.namespaces.has(endpoint.namespace ?? ''),
  );
  if (endpoints.length > 0 && areGone) return dead('its namespace does not exist any more');
  if (look.runtimeTells) {
    if (times.length > 0) return dead('the runtime knows no such pod');
    return stays('the runtime knows no such pod, but nothing tells how old its endpoint is');
  }
  if (endpoints.length > 0) {
    const isFree = endpoints.every((endpoint) => !isAttached(endpoint));
    const what = isFree ? 'its endpoint is attached to nothing' : 'its endpoint is attached';
    return stays(`${what}, and the runtime does not tell whether the pod is there`);
  }
  return withoutEndpoint(row, look, known);
}

/** What has no endpoint and is in no list: of a pod that HNS has lost, or of none. */
function withoutEndpoint(row: JudgedRow, look: JudgedLook, known: Known): Said {
  const { hostNamespaces, networks } = known;
  if (!networks.has(row.network)) {
    return stays('HNS has no such network: it may have lost it, and its pods may be there');
  }
  const used = new Set(look.endpoints?.flatMap(({ namespace }) => namespace ?? []));
  const unused = [...(look.namespaces ?? [])].filter(
    (id) => !used.has(id) && !hostNamespaces.has(id),
  );
  // After a restart of HNS endpoints below running pods can be gone (HNS.md, "Seen on real nodes").
  if (unused.length > 0) {
    return stays(`namespace ${unused[0]} has no endpoint: its pod may be this one`);
  }
  return dead('no endpoint has its address, and every namespace there is has its endpoint');
}

/** An endpoint of another's that has an address which this one has a lease of: freed, it would be given again. */
export function otherHolder(
  { endpoints, leases }: Pick<JudgedRow, 'endpoints' | 'leases'>,
  look: Pick<JudgedLook, 'endpoints'>,
): ListedEndpoint | undefined {
  const own = new Set(endpoints.map(({ id }) => id));
  return look.endpoints?.find(
    ({ addresses, id, whose }) =>
      whose.kind !== 'remote' &&
      !own.has(id) &&
      leases.some(({ address }) => addresses.includes(address)),
  );
}
