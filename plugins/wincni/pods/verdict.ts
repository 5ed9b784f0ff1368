import { degraded, isAttached, type ListedEndpoint } from './endpoints.ts';
import type { JoinedLook, PodRow } from './join.ts';

/** What is not as it should be with a row. */
export type Problem =
  /** An endpoint is in a namespace that does not exist any more. */
  | 'namespace gone'
  /** An endpoint is in nothing. */
  | 'unattached'
  | 'degraded'
  /** A lease or a scratch file, and no endpoint. */
  | 'no endpoint'
  /** A live address that is free in host-local. */
  | 'no lease'
  /** A lease of another address than the endpoint's. */
  | 'lease apart'
  /** The runtime, which tells, does not know the pod. */
  | 'no sandbox';

/** A row, and what is to be said of it. */
export interface JudgedRow extends PodRow {
  readonly problems: readonly Problem[];
  /** Whether two looks showed the same: what stood in one only is being made, or being removed. */
  readonly twice: boolean;
  readonly verdict: Verdict;
}

export interface Verdict {
  /** `host network`: of the runtime alone, with nothing of ours; `unknown`: HNS does not answer. */
  readonly word:
    | 'whole'
    | 'stale'
    | 'broken'
    | 'changing'
    | 'reserved'
    | 'host network'
    | 'unknown';
  /** Why, in words; empty for what is whole. */
  readonly why: string;
}

/** What the looks at a node show, judged. */
export interface JudgedLook extends Omit<JoinedLook, 'rows'> {
  readonly rows: readonly JudgedRow[];
  /** The networks whose addresses host-local gives. */
  readonly leasing: ReadonlySet<string>;
}

const words: Readonly<Record<Problem, string>> = {
  'namespace gone': 'its namespace is gone',
  unattached: 'its endpoint is attached to nothing',
  degraded: 'its endpoint is degraded',
  'no endpoint': 'it has no endpoint',
  'no lease': 'its address has no lease',
  'lease apart': 'it has a lease of an address that its endpoint has not',
  'no sandbox': 'the runtime knows no such pod',
};

/**
 * Judges what the last look shows, by the one before it.
 * @param configured networks whose configuration says host-local: one without a single lease is not seen else
 */
export function judged(
  before: JoinedLook | undefined,
  now: JoinedLook,
  configured: readonly string[] = [],
): JudgedLook {
  const leasing = new Set([
    ...configured,
    ...now.rows.flatMap(({ leases }) => leases.map(({ network }) => network)),
  ]);
  const leased = new Set(
    now.rows.flatMap(({ leases }) =>
      leases.map(({ address, network }) => `${network}\n${address}`),
    ),
  );
  const earlier = new Map(before?.rows.map((row) => [keyOf(row), shapeOf(row, before)]));
  const rows = now.rows.map((row): JudgedRow => {
    const problems = problemsOf(row, now, leasing, leased);
    const twice = earlier.get(keyOf(row)) === shapeOf(row, now);
    return { ...row, problems, twice, verdict: verdictOf(row, now, problems, twice) };
  });
  return { ...now, rows, leasing };
}

function problemsOf(
  { endpoints, kind, leases, sandbox, scratch }: PodRow,
  { endpoints: listing, namespaces, runtimeTells }: JoinedLook,
  leasing: ReadonlySet<string>,
  leased: ReadonlySet<string>,
): readonly Problem[] {
  if (kind !== 'pod' || !listing) return [];
  const problems = new Set<Problem>();
  for (const endpoint of endpoints) {
    if (isInGone(endpoint, namespaces)) problems.add('namespace gone');
    if (!isAttached(endpoint)) problems.add('unattached');
    if (endpoint.state === degraded) problems.add('degraded');
    const isLeased = (address: string) => leased.has(`${endpoint.network}\n${address}`);
    if (leasing.has(endpoint.network) && !endpoint.addresses.every(isLeased)) {
      problems.add('no lease');
    }
  }
  const has = endpoints.flatMap(({ addresses }) => addresses);
  if (endpoints.length === 0 && leases.length + scratch.length > 0) problems.add('no endpoint');
  else if (leases.some(({ address }) => !has.includes(address))) problems.add('lease apart');
  if (runtimeTells && !sandbox) problems.add('no sandbox');
  return [...problems];
}

/** Whether an endpoint is in a namespace that HNS, which tells, does not have. */
export function isInGone(
  { namespace }: ListedEndpoint,
  namespaces: ReadonlySet<string> | undefined,
): boolean {
  return namespace !== undefined && namespaces !== undefined && !namespaces.has(namespace);
}

function verdictOf(
  row: PodRow,
  { endpoints }: JoinedLook,
  problems: readonly Problem[],
  twice: boolean,
): Verdict {
  if (row.kind === 'host') return { word: 'reserved', why: "the host's own" };
  if (row.kind === 'empty') {
    return { word: 'reserved', why: 'nobody is named in it: the next pod that needs it takes it' };
  }
  if (row.network === '') return { word: 'host network', why: 'no endpoint, no lease' };
  if (!endpoints) return { word: 'unknown', why: 'HNS does not answer' };
  if (problems.length === 0) return { word: 'whole', why: '' };
  const why = problems.map((problem) => words[problem]).join(', ');
  if (!twice) return { word: 'changing', why: `${why}; seen once, an ADD or DEL may be at it` };
  const isStale =
    problems.includes('no sandbox') ||
    problems.includes('namespace gone') ||
    (problems.includes('no endpoint') && !row.sandbox);
  return { word: isStale ? 'stale' : 'broken', why };
}

export function keyOf({ container, kind, network }: PodRow): string {
  return `${kind}\n${network}\n${container}`;
}

/** All that changes when a command is at a pod: equal in two looks, nothing was. */
function shapeOf(row: PodRow, { namespaces }: JoinedLook): string {
  const { endpoints, leases, sandbox, scratch } = row;
  return JSON.stringify([
    endpoints.map((endpoint) => [endpoint, isInGone(endpoint, namespaces)]),
    leases,
    scratch,
    sandbox ?? null,
  ]);
}
