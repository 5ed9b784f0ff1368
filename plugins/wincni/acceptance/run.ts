import { HnsError } from '../../../hns-bridge/error.ts';
import { defined, type MayLack } from '../../../system/defined.ts';
import { exit, OperatorError } from '../exit.ts';
import type { Facts } from '../facts/facts.ts';
import type { Operator } from '../operator.ts';
import { adapterChanges } from './adapters.ts';
import { callFindings } from './call-findings.ts';
import type { AcceptanceFile, RecordedCall, StepRecord } from './document.ts';
import { type Asked, assertAdministrator, assertUnused } from './guard.ts';
import { verdictsOn } from './judge.ts';
import { type NodeState, readNode, undo } from './node-state.ts';
import { type NotedCall, recordedTransport } from './recorder.ts';
import { trialNetwork, type WayName } from './setting.ts';
import { startFindings } from './starts.ts';
import type { Finding, Step } from './step.ts';
import { steps } from './steps.ts';
import { assertOwnFolder, clearLeases, trialOf } from './trial.ts';
import { byWay, withWay } from './ways.ts';

/** What the run of it needs beside what was asked for. */
export interface Acceptance extends Asked {
  readonly operator: Operator;
  /** The facts of the node, gathered anew; undefined where they can't be. */
  readonly facts: () => Promise<Facts | undefined>;
  /** Told of each step when it has ended. */
  readonly onStep: (step: StepRecord) => void;
}

/**
 * Plays all steps, by each way and on each kind of network, and undoes what they made. Throws OperatorError
 * where the node is in use, or HNS does not answer: nothing was done then.
 */
export async function runAcceptance(acceptance: Acceptance): Promise<AcceptanceFile> {
  const { modes, operator, ways } = acceptance;
  const [firstWay = 'powershell'] = ways;
  assertOwnFolder(operator);
  const node = await lookFirst(acceptance, firstWay);
  const factsBefore = await acceptance.facts();
  assertAdministrator(factsBefore);
  // What a killed run has left is no part of this one.
  await withWay(operator, firstWay, undo);
  clearLeases(operator);
  const before = await withWay(operator, firstWay, readNode);
  const records: StepRecord[] = [];
  const calls: RecordedCall[] = [];
  const play: Player = async (id, step, work) => {
    const { clock } = operator.machine;
    const started = clock.elapsed();
    const noted: NotedCall[] = [];
    const findings = await orBroken(() => work((call) => noted.push(call)));
    const record: StepRecord = {
      id,
      title: step.title,
      ms: Math.round(clock.elapsed() - started),
      replayed: step.atOnce !== true,
      findings: findings.map((finding) => ({ ...finding, claims: [...finding.claims] })),
    };
    records.push(record);
    calls.push(...noted.map((call) => ({ ...call, step: id })));
    acceptance.onStep(record);
    return record;
  };
  let leftovers: readonly string[] = [];
  try {
    for (const way of ways) {
      await play(`${way}/start`, { title: `cold and warm starts of ${way}`, atOnce: true }, () =>
        startFindings(byWay(operator, way), way),
      );
      for (const mode of modes) await playMode(acceptance, way, mode, play);
    }
    await play('answers', { title: 'what all answers together say', atOnce: true }, async () =>
      callFindings(calls),
    );
  } finally {
    leftovers = [
      ...(await leftOf('objects of HNS', () => withWay(operator, firstWay, undo))),
      ...(await leftOf('files', async () => clearLeases(operator))),
    ];
  }
  const after = await withWay(operator, firstWay, readNode);
  const adapters = adapterChanges(factsBefore, await acceptance.facts());
  const facts = factsBefore && aboutWindows(factsBefore);
  return {
    schema: 1,
    source: isSimulated(operator) ? 'simulator' : 'recorded',
    wincni: operator.version,
    at: new Date(operator.machine.clock.now()).toISOString(),
    ...(facts?.windows ? { build: `${facts.windows.build}.${facts.windows.ubr}` } : {}),
    hns: `${node.state.version.Major}.${node.state.version.Minor}`,
    ways: [...ways],
    modes: [...modes],
    ...(facts ? { facts } : {}),
    before: { ...before.state, rules: rulesOf(calls) },
    after: after.state,
    steps: records,
    calls,
    verdicts: [...verdictsOn(records)],
    leftovers: [...leftovers],
    adapters: [...adapters],
  };
}

type Player = (
  id: string,
  step: Pick<Step, 'title' | 'atOnce'>,
  work: (note: (call: NotedCall) => void) => Promise<readonly Finding[]>,
) => Promise<StepRecord>;

/** A step that breaks is a finding, and what it has made is undone with the rest. */
async function orBroken(work: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await work();
  } catch (error) {
    const came = error instanceof Error ? error.message : String(error);
    return [{ expected: 'the step comes to its end', came, result: 'otherwise', claims: [] }];
  }
}

/** The facts that HNS's answers depend on: a file that is handed on needs no more of the node. */
function aboutWindows(facts: Facts): Facts {
  const { adapters, administrator, at, defender, features, hostname, missing } = facts;
  const { hns, platform, powershell, schema, source, wincni, windows } = facts;
  return defined({
    schema,
    source,
    wincni,
    at,
    hostname,
    platform,
    administrator,
    missing,
    windows,
    features,
    adapters,
    powershell,
    defender,
    hns: hns && { ways: hns.ways },
    folders: { conf: [], bin: [] },
    configurations: [],
    looks: [],
    programs: [],
    rights: [],
  } satisfies MayLack<Facts>);
}

/** What undoing has left; where it fails nobody knows, and says why. */
async function leftOf(
  what: string,
  work: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  try {
    return await work();
  } catch (error) {
    return [`${what}, perhaps: ${error instanceof Error ? error.message : error}`];
  }
}

/** The trial of one mode by one way. Without its network nothing else of it is played. */
async function playMode(
  acceptance: Acceptance,
  way: WayName,
  mode: Asked['modes'][number],
  play: Player,
): Promise<void> {
  const operator = byWay(acceptance.operator, way);
  const network = trialNetwork(mode, acceptance);
  let missing: string | undefined;
  for (const step of steps) {
    const record = await play(`${way}/${mode}/${step.name}`, step, (note) =>
      withWay(operator, way, async (inner) => {
        const hns = recordedTransport(inner, operator.machine.clock, note);
        const trial = trialOf({ ...acceptance, operator }, { hns, network, note, way });
        const why = missing ?? step.unreached?.(trial);
        if (why === undefined) return step.play(trial);
        const { claims, title } = step;
        return [{ expected: title, came: why, result: 'not reached', claims }];
      }),
    );
    if (step.name !== 'network') continue;
    const [first] = record.findings;
    if (record.findings.length === 1 && first?.result === 'otherwise') {
      missing = `the network was not made: ${first.came}`;
    }
  }
}

/** Looks whether the node is anybody's. */
async function lookFirst(acceptance: Acceptance, way: WayName): Promise<NodeState> {
  try {
    const node = await withWay(acceptance.operator, way, readNode);
    assertUnused(node, acceptance);
    return node;
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const details = error instanceof HnsError ? [error.details] : [];
    const message = error instanceof Error ? error.message : String(error);
    throw new OperatorError(exit.blind, `HNS does not answer: ${message}`, details);
  }
}

/** Whether the simulator answers: named, behind a harness's transport, or behind doubles of HNS's libraries. */
function isSimulated({ hns, machine }: Operator): boolean {
  const { env } = machine;
  return Boolean(hns?.transport || env['WINCNI_HNS_STATE'] || env['WINCNI_SIMULATOR']);
}

/** How this HNS does what HNS does in one way or another, as far as the calls show it. */
function rulesOf(calls: readonly RecordedCall[]): Readonly<Record<string, string>> {
  const failing = calls.some(({ api, refusedBy }) => api === 'v1' && refusedBy === 'HNSCall');
  const made = new Set(
    calls.flatMap(({ answer, api, code, operation }) =>
      api === 'v1' && operation === 'POST /endpoints' && code === null
        ? (JSON.stringify(answer)
            .toLowerCase()
            .match(/"id":"([\da-f-]{36})"/)?.[1] ?? [])
        : [],
    ),
  );
  const listed = calls.some(
    ({ answer, operation }) =>
      operation === 'EnumerateEndpoints' &&
      Array.isArray(answer) &&
      answer.some((id) => made.has(String(id).toLowerCase())),
  );
  return {
    v1Refusals: failing ? 'failing' : 'answered',
    v1Endpoints: listed ? 'listed' : 'unlisted',
  };
}
