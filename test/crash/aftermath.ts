import { badAnswer } from '../helpers/bad-answer.ts';
import type { Answer } from '../helpers/trial-node.ts';
import type { CrashNode } from './crash-node.ts';
import type { Effect } from './effects.ts';
import { type Before, broken, leftOf, neighbourOf, unfinished } from './leftovers.ts';
import { type Scenario, validAttachments } from './scenarios.ts';
import type { Struck } from './strike.ts';

/** What a runtime does after a command was killed or failed, and what must come of it. */

/** An hour later, nobody is still at what was left unfinished. */
const later = 3_600_000;

const waysOn = {
  DEL: ['DEL', 'GC', 'ADD', 'DEL'],
  GC: ['GC', 'ADD', 'DEL'],
  ADD: ['ADD', 'DEL', 'GC'],
} as const;

/** A runtime may go on with any of these; each leaves the node clean. Gives what is not. */
export async function afterKill({ answer, node }: Struck, before: Before): Promise<string[]> {
  const problems = [
    ...(answer.exitCode === null ? [] : [`it was not killed: exit code ${answer.exitCode}`]),
    ...broken(node),
  ];
  for (const way of [waysOn.DEL, waysOn.GC, waysOn.ADD]) {
    problems.push(...(await onACopy(node, way, before)));
  }
  return problems;
}

/**
 * After an error: it is told, or nothing came of it, or the thing is done. Then DEL leaves nothing,
 * and ADD succeeds, after it or at once.
 */
export async function afterError(
  scenario: Scenario,
  { answer, node }: Struck,
  before: Before,
  { believed }: { readonly believed: boolean },
): Promise<string[]> {
  const problems = [...badAnswer(answer), ...broken(node)];
  if (scenario.command === 'ADD') {
    problems.push(...(await afterAdd(node, answer, before)));
    problems.push(...(await onACopy(node, waysOn.ADD, before)));
  } else if (answer.exitCode === 0 && !believed) {
    problems.push(...leftOf(node).map((left) => `success, and left: ${left}`));
  }
  return [...problems, ...(await goOn(node, waysOn.DEL, before))];
}

/** What a failed ADD did is undone; a scratch file may stay, for DEL to go by. */
async function afterAdd(node: CrashNode, answer: Answer, before: Before): Promise<string[]> {
  if (answer.exitCode === 0) return checked(node, answer);
  const left = leftOf(node).filter(
    (what) => !what.startsWith('flannel/') && !before.pod.includes(what),
  );
  return left.map((what) => `an error, and left: ${what}`);
}

/** An effect that found a file missing: the system itself said so, and DEL has to believe it. */
export function isBelieved(effect: Effect, error: string): boolean {
  if (error !== 'ENOENT') return false;
  // A lease is moved aside before it is removed.
  const movesLease = /^rename networks\/\S+ -> \S+\/\.wincni-\*-\S+$/.test(effect.what);
  return effect.kind === 'read' || effect.call.startsWith('unlink') || movesLease;
}

/** A lease that GC cannot read is left: nobody can say that it is stale. */
export function isLeftUnread(command: string, effect: Effect, error: string): boolean {
  return (
    command === 'GC' && error === 'EIO' && / networks\/\S+\/[\da-f.:]+$/.test(` ${effect.what}`)
  );
}

async function onACopy(node: CrashNode, way: readonly string[], before: Before) {
  const copy = node.copy();
  try {
    return await goOn(copy, way, before);
  } finally {
    copy.trial.remove();
  }
}

/** Runs one command after the other; each must succeed, and do what it is for. */
async function goOn(node: CrashNode, way: readonly string[], before: Before): Promise<string[]> {
  const problems: string[] = [];
  for (const [index, command] of way.entries()) {
    const done = way.slice(0, index + 1).join(', ');
    const options = command === 'GC' ? { config: validAttachments, later } : {};
    const answer = await node.run(command, options);
    const found = [
      ...badAnswer(answer),
      ...(answer.exitCode === 0 ? [] : [`failed: ${JSON.stringify(answer.document)}`]),
      ...broken(node),
      ...(command === 'ADD' ? await checked(node, answer) : leftOf(node)),
      ...(command === 'GC' ? unfinished(node) : []),
      ...(neighbourOf(node) === before.neighbour ? [] : ['the neighbour has changed']),
    ];
    problems.push(...found.map((problem) => `then ${done}: ${problem}`));
  }
  return problems;
}

/** The pod is as ADD said: CHECK compares every part of it. */
async function checked(node: CrashNode, { document }: Answer): Promise<string[]> {
  if (!document) return ['ADD gave no result'];
  const check = await node.run('CHECK', { config: { prevResult: document } });
  return check.exitCode === 0 ? [] : [`CHECK: ${JSON.stringify(check.document)}`];
}
