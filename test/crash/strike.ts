import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../helpers/trial-node.ts';
import type { CrashNode } from './crash-node.ts';
import {
  counter,
  describeCall,
  type Effect,
  effectsOf,
  type HnsCall,
  operationsOf,
  watched,
} from './effects.ts';
import type { Prepared, Scenario } from './scenarios.ts';
import { isStruck, parseLog, readCalls, type SystemCall, underStrace } from './strace.ts';

/** How often a run is repeated in which another call than the one meant was struck. */
const attempts = 40;
/** The last of them are traced in the slow way, which strikes the main thread alone. */
const slowly = 10;

/**
 * What a command does on its node, in the order it does it. Node itself opens a file more in some
 * runs: two must agree.
 */
export async function recordEffects(scenario: Scenario, prepared: Prepared): Promise<Effect[]> {
  let before = '';
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const effects = await recordOnce(scenario, prepared);
    const now = JSON.stringify(effects);
    if (now === before) return effectsOf(effects);
    before = now;
  }
  throw new Error(`${scenario.name} is another thing in every run`);
}

async function recordOnce(scenario: Scenario, prepared: Prepared): Promise<Effect[]> {
  const node = prepared.node.copy();
  try {
    const log = join(node.trial.folder, 'strace.log');
    const start = underStrace({ calls: watched, log });
    const answer = await node.run(scenario.command, { start, config: prepared.config });
    if (answer.exitCode !== 0) throw new Error(`it fails by itself: ${JSON.stringify(answer)}`);
    return operationsOf(readCalls(log), node.trial.folder);
  } finally {
    node.trial.remove();
  }
}

/** A node on which a command was killed, or made to fail, at one effect. */
export interface Struck {
  readonly node: CrashNode;
  readonly answer: Answer;
}

/**
 * Runs a command on a copy of its node and strikes it at one effect: an error, or, without one,
 * SIGKILL before it. Makes sure that this very effect was struck, and no other: node opens files of
 * the system and its threads write to each other, and not as often in every run.
 */
export async function strike(
  scenario: Scenario,
  prepared: Prepared,
  effect: Effect,
  error?: string,
): Promise<Struck> {
  let found = '';
  let { nth } = effect;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const node = prepared.node.copy();
    const log = join(node.trial.folder, 'strace.log');
    const blow = { call: effect.call, nth, ...(error === undefined ? {} : { error }) };
    const quick = error !== undefined && attempt <= attempts - slowly;
    const start = underStrace({ calls: [effect.call], log, strikes: [blow], quick });
    const answer = await node.run(scenario.command, { start, config: prepared.config });
    const calls = readCalls(log);
    found = struckIn(readFileSync(log, 'utf8'), node.trial.folder);
    if (found === nameOfTurn(effect)) return { node, answer };
    node.trial.remove();
    nth = effect.nthOfNode + callsElsewhere(calls, effect, node.trial.folder);
  }
  throw new Error(`meant ${nameOfTurn(effect)}, struck ${found}`);
}

/**
 * How often the effect's call was about something else than the node: before the effect, where it
 * came to that, and up to the one that was struck otherwise.
 */
export function callsElsewhere(
  calls: readonly SystemCall[],
  effect: Pick<Effect, 'call' | 'turn' | 'what'>,
  folder: string,
): number {
  const turns = counter();
  let elsewhere = 0;
  for (const call of calls) {
    const what = describeCall(call, folder);
    if (what === effect.what && turns(what) === effect.turn) break;
    if (call.name === effect.call && what === undefined) elsewhere++;
    if (isStruck(call)) break;
  }
  return elsewhere;
}

/** Which effects were struck in a run, by a log of its strace. */
function struckIn(log: string, folder: string): string {
  const turns = counter();
  const struck = parseLog(log).flatMap((call) => {
    const what = describeCall(call, folder) ?? call.args;
    const turn = turns(what);
    return isStruck(call) ? [`${what} (${turn})`] : [];
  });
  const elsewhere = (log.match(/\(INJECTED\)/g) ?? []).length - struck.length;
  return [...struck, ...(elsewhere > 0 ? [`${elsewhere} in other threads`] : [])].join(', ');
}

/** `unlink hns/lock (2)`: the system call it is. */
function nameOfTurn({ turn, what }: Effect): string {
  return `${what} (${turn})`;
}

/**
 * Runs a command on a copy of its node where HNS refuses one call, and that once. In this process:
 * nothing is killed.
 */
export async function refuseOnce(
  scenario: Scenario,
  prepared: Prepared,
  { operation, turn }: HnsCall,
  code: string,
): Promise<Struck> {
  const node = prepared.node.copy();
  node.trial.orderFaults([{ operation, after: turn - 1, times: 1, code }]);
  const answer = await node.run(scenario.command, { config: prepared.config });
  if (!node.trial.calls().some((call) => call.code === code)) {
    throw new Error(`${operation} (${turn}) was never refused`);
  }
  node.trial.orderFaults([]);
  return { node, answer };
}
