import { isAttached } from '../pods/endpoints.ts';
import { judgedLooks, shortId } from '../pods/looks.ts';
import { leasingNetworks, poolsOf } from '../pods/pools.ts';
import { otherHolder } from '../pods/proof.ts';
import { isInGone, type JudgedLook, type JudgedRow } from '../pods/verdict.ts';
import { type CheckedNode, check, type Finding } from './check.ts';
import { bare, podDeleted } from './commands.ts';

/**
 * What is on the node, read twice: only what stands in both looks counts, since an ADD or DEL may be at
 * it. A single look, or one without HNS, tells nothing.
 */
const readTwice = {
  needs: ['looks.1'],
  unknown({ facts }: CheckedNode): string | undefined {
    if (facts.looks.every(({ endpoints }) => endpoints)) return undefined;
    const said = facts.missing.find(({ fact }) => fact === 'looks.endpoints');
    return `HNS does not tell its endpoints${said ? `: ${said.what}` : ''}`;
  },
} as const;

/** A lease without an endpoint: an address that is lost until somebody gives it back. */
export const leaseOnly = check({
  id: 'state.lease-only',
  about: 'leases of host-local whose pod has no endpoint',
  levels: ['warn'],
  ...readTwice,
  find(node) {
    const look = lookAt(node);
    return standing(node)
      .filter(
        (row) =>
          !row.sandbox &&
          row.leases.length > 0 &&
          row.problems.includes('no endpoint') &&
          !(look && otherHolder(row, look)),
      )
      .map(({ container, leases, network }) => ({
        level: 'warn',
        what: `${addressesOf(leases)} on ${network} is leased to ${shortId(container)}, which has no endpoint`,
        remedy: ['wincni gc --dry-run', ...leases.map(released)],
      }));
  },
});

/** An endpoint without a pod; worse, a pod whose address host-local gives again. */
export const endpointOnly = check({
  id: 'state.endpoint-only',
  about: 'endpoints whose namespace or pod is gone, and live ones without a lease',
  levels: ['warn', 'fail'],
  ...readTwice,
  find(node) {
    const look = lookAt(node);
    return standing(node).flatMap((row): readonly Finding<'warn' | 'fail'>[] => {
      const { container, endpoints, network, problems } = row;
      if (endpoints.length === 0) return [];
      const isGone = problems.includes('namespace gone') || problems.includes('no sandbox');
      if (isGone) {
        const why = problems.includes('namespace gone')
          ? 'is in a namespace that does not exist any more'
          : 'is of a pod that the runtime does not know';
        const what = `the endpoint of ${shortId(container)} on ${network} (${addressesOf(endpoints)}) ${why}`;
        return [{ level: 'warn', what, remedy: ['wincni gc --dry-run'] }];
      }
      const isLive = endpoints.some(
        (endpoint) => isAttached(endpoint) && !isInGone(endpoint, look?.namespaces),
      );
      if (!problems.includes('no lease') || !isLive) return [];
      const what = `the live address ${addressesOf(endpoints)} of ${shortId(container)} on ${network} is free in host-local: the next pod may be given it`;
      return [{ level: 'fail', what, remedy: remake(row) }];
    });
  },
});

/** Two of one address: both lose packets. */
export const duplicate = check({
  id: 'state.duplicate',
  about: 'addresses that two endpoints of a network have, or that are leased to another pod',
  levels: ['fail'],
  ...readTwice,
  find(node) {
    const rows = standing(node);
    const all = (lookAt(node)?.rows ?? []).filter(({ twice }) => twice);
    const held = new Map<string, JudgedRow[]>();
    for (const row of all) {
      for (const { addresses, network } of row.endpoints) {
        for (const address of addresses) {
          const key = keyOf({ address, network });
          held.set(key, [...(held.get(key) ?? []), row]);
        }
      }
    }
    const twofold = [...held].filter(([, holders]) => holders.length > 1);
    const leased = rows.flatMap((row) =>
      row.leases.flatMap(({ address, network }) => {
        const key = keyOf({ address, network });
        const others = (held.get(key) ?? []).filter(({ container }) => container !== row.container);
        return others.length > 0 &&
          !row.endpoints.some(({ addresses }) => addresses.includes(address))
          ? [{ key, row, others }]
          : [];
      }),
    );
    return [
      ...twofold.map(([key, holders]) => ({
        level: 'fail' as const,
        what: `${key} is the address of ${holders.length} endpoints: ${holders.map(({ container }) => shortId(container)).join(', ')}`,
        // One of them may keep it; the host's own always does.
        remedy: holders
          .filter(({ kind }) => kind === 'pod')
          .slice(-1)
          .flatMap(remake),
      })),
      ...leased.map(({ key, others, row }) => ({
        level: 'fail' as const,
        what: `${key} is leased to ${shortId(row.container)}, and ${others.map(({ container }) => shortId(container)).join(', ')} has it`,
        // What is no pod's is the host's own: the lease is wrong.
        remedy: others.every(({ kind }) => kind === 'pod')
          ? others.flatMap(remake)
          : row.leases.filter((lease) => key === keyOf(lease)).map(released),
      })),
    ];
  },
});

/** Addresses that are left to give. */
export const pool = check({
  id: 'state.pool',
  about: 'free addresses of the ranges that host-local gives from',
  levels: ['warn', 'fail'],
  needs: ['looks.1'],
  applies: ({ configurations }) => leasingNetworks(configurations).length > 0,
  find({ configurations, facts: { looks } }) {
    const now = looks.at(-1);
    const pools = now ? poolsOf(configurations, now) : [];
    return pools.flatMap(({ free, network, ranges, size }): readonly Finding<'warn' | 'fail'>[] => {
      const remedy = ['wincni gc --dry-run', 'wincni lease list', 'or enlarge the range'];
      if (free === 0n) {
        const what = `no address of ${ranges} on ${network} is free: the next ADD fails`;
        return [{ level: 'fail', what, remedy }];
      }
      const what = `${free} of ${size} addresses of ${ranges} on ${network} are free`;
      return free * 20n < size ? [{ level: 'warn', what, remedy }] : [];
    });
  },
});

/** What flannel remembers of pods that are gone. */
export const scratch = check({
  id: 'state.scratch',
  about: "flannel's scratch files of pods that have neither endpoint nor lease",
  levels: ['warn'],
  ...readTwice,
  find: (node) =>
    standing(node)
      .filter(
        ({ endpoints, leases, sandbox, scratch }) =>
          !sandbox && endpoints.length + leases.length === 0 && scratch.length > 0,
      )
      .map(({ container, scratch }) => ({
        level: 'warn',
        what: `${scratch.map(({ file }) => file).join(', ')} is of ${shortId(container)}, which has neither endpoint nor lease`,
        remedy: ['wincni gc --dry-run'],
      })),
});

/** The state's checks, in doctor's order. */
export const stateChecks = [leaseOnly, endpointOnly, duplicate, pool, scratch] as const;

function lookAt({ configurations, facts }: CheckedNode): JudgedLook | undefined {
  return judgedLooks(facts.looks, leasingNetworks(configurations));
}

/** The pods, or what is left of them, that two looks showed as they are. */
function standing(node: CheckedNode): readonly JudgedRow[] {
  return (lookAt(node)?.rows ?? []).filter(({ kind, twice }) => kind === 'pod' && twice);
}

function addressesOf(
  from: readonly { readonly address?: string; readonly addresses?: readonly string[] }[],
): string {
  return from.flatMap(({ address, addresses }) => address ?? addresses ?? []).join(', ');
}

function keyOf({ address, network }: { readonly address: string; readonly network: string }) {
  return `${address} on ${network}`;
}

function released({ address, network }: { readonly address: string; readonly network: string }) {
  return `wincni lease release ${address} --network ${bare(network)}`;
}

/** A pod is made anew where it is deleted, with an address of its own. */
function remake({ container, sandbox }: JudgedRow): readonly string[] {
  return sandbox
    ? [podDeleted(sandbox)]
    : [`crictl stopp ${bare(container)}`, `crictl rmp ${bare(container)}`];
}
