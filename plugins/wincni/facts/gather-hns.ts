import type { JsonObject } from '../../../cni/json-object.ts';
import type { Calls } from '../../../hns-bridge/calls.ts';
import { wholeQuery } from '../../../hns-bridge/documents.ts';
import type { OpenHns } from '../../../hns-bridge/open.ts';
import type { HcnKind } from '../../../hns-bridge/transport.ts';
import { type HnsWay, hnsWay, hnsWays, wayToHns } from '../../../hns-bridge/ways.ts';
import { defined } from '../../../system/defined.ts';
import type { Log } from '../../../system/host.ts';
import { hostOf, openOperatorHns } from '../hns.ts';
import type { Operator } from '../operator.ts';
import type { Facts } from './facts.ts';
import { documentsIn } from './look.ts';
import { inWords, type Lacking, probe } from './probe.ts';

type HnsFacts = NonNullable<Facts['hns']>;
type WayFact = HnsFacts['ways'][number];

/** HNS as it was found: what it says, and the way that is in use, still open. */
export interface FoundHns {
  /** Undefined where nobody asked. */
  readonly facts: HnsFacts | undefined;
  /** Of the configured way, where it answers. It must be closed. */
  readonly open: OpenHns | undefined;
  /** How long PowerShell took to start, in milliseconds; undefined where none did. */
  readonly start: number | undefined;
}

/** How long one way to HNS may take in all, in milliseconds: PowerShell's first start is slow. */
const patience = 120_000;

/** Asks HNS for its version by every way, and for its objects by the one that is in use. */
export async function gatherHns(
  operator: Operator,
  configured: HnsWay | undefined,
  lacking: Lacking,
): Promise<FoundHns> {
  const inUse = wayToHns(operator.machine.env, configured);
  let start: number | undefined;
  const log: Log = (step, said) => {
    if (step === 'powershell ready') start ??= Number(said?.['ms']);
  };
  const tried = await tryWay(operator, inUse, true, log);
  const ways = tried ? [tried.fact] : [];
  const others = inUse === 'simulator' ? [] : hnsWays.filter((way) => way !== inUse);
  for (const way of others) {
    const other = await tryWay(operator, way, false, log);
    if (!other) continue;
    ways.push(other.fact);
    await other.open?.close();
  }
  const open = tried?.open;
  if (!open) {
    const error = tried?.fact.error?.message ?? `there is no way to HNS named ${inUse}`;
    const reason = tried?.denied ? 'administrator' : 'failed';
    for (const fact of ['hns.v1', 'hns.v2']) lacking.add({ fact, reason, what: error });
    return { facts: { ways }, open: undefined, start };
  }
  const v1 = await probe(lacking, 'hns.v1', () => documentsOfV1(open.calls, lacking));
  const v2 = await probe(lacking, 'hns.v2', () => documentsOfV2(open.calls));
  return { facts: defined({ ways, v1, v2 }), open, start };
}

interface Tried {
  readonly fact: WayFact;
  readonly open?: OpenHns;
  readonly denied?: boolean;
}

/** Opens a way to HNS and asks for its version. Undefined for what is no way's name. */
async function tryWay(
  operator: Operator,
  name: string,
  configured: boolean,
  log: Log,
): Promise<Tried | undefined> {
  const way = name === 'simulator' ? name : hnsWay(name);
  if (way === undefined) return undefined;
  const { clock, env } = operator.machine;
  // The variable goes before what is configured, and another way is asked for by it.
  const machine = configured
    ? operator.machine
    : { ...operator.machine, env: { ...env, WINCNI_HNS: name } };
  const asking = { ...operator, machine };
  const started = clock.elapsed();
  let open: OpenHns | undefined;
  try {
    open = await openOperatorHns(asking, hnsWay(name), {
      ...hostOf(asking, patience),
      log,
    });
    const version = await open.v2.version();
    const ms = Math.round(clock.elapsed() - started);
    return { fact: { way, configured, version, ms }, open };
  } catch (error) {
    await open?.close();
    const details =
      error instanceof Error && 'details' in error && typeof error.details === 'string'
        ? error.details
        : '';
    return {
      fact: { way, configured, error: { message: inWords(error), details } },
      denied: error instanceof Error && 'reason' in error && error.reason === 'denied',
    };
  }
}

async function documentsOfV1(calls: Calls, lacking: Lacking): Promise<NonNullable<HnsFacts['v1']>> {
  const list = async (what: string, path: string) =>
    documentsIn(await calls.v1({ operation: `list ${what}`, method: 'GET', path }));
  const networks = await list('networks', '/networks/');
  const endpoints = await list('endpoints', '/endpoints/');
  const policyLists = await probe(lacking, 'hns.v1.policyLists', () =>
    list('load balancers', '/policylists/'),
  );
  const namespaces = await probe(lacking, 'hns.v1.namespaces', () =>
    list('namespaces', '/namespaces/'),
  );
  return defined({ networks, endpoints, policyLists, namespaces });
}

async function documentsOfV2(calls: Calls): Promise<NonNullable<HnsFacts['v2']>> {
  const all = async (kind: HcnKind) => {
    const what = kind.toLowerCase();
    const operation = `list ${what}s`;
    const ids = await calls.enumerate({ operation, kind, query: wholeQuery });
    const found: JsonObject[] = [];
    for (const id of ids) {
      const query = { operation: `read ${what} ${id}`, kind, id, query: wholeQuery };
      const document = await calls.query(query).catch(goneMeanwhile);
      if (document) found.push(document);
    }
    return found;
  };
  return {
    networks: await all('Network'),
    endpoints: await all('Endpoint'),
    namespaces: await all('Namespace'),
  };
}

/** Between the listing and the question, a pod may have ended. */
function goneMeanwhile(error: unknown): undefined {
  if (error instanceof Error && 'reason' in error && error.reason === 'not-found') return;
  throw error;
}
