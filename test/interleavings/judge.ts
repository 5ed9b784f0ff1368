import type { End } from './explore.ts';
import { hasNothing, holdingsOf, printHoldings, unfinishedIn } from './holdings.ts';
import { bystander, type Command, type PodName, type Results, type Setting } from './node.ts';
import type { Outcome } from './program.ts';
import { type Runtime, runtimeOf } from './runtime.ts';
import type { World } from './world.ts';

/** Commands that ran at once, and what was there before. */
export interface Bout {
  readonly setting: Setting;
  readonly commands: readonly Command[];
  /** The results of the ADDs before. */
  readonly there: Results;
}

/** Judges how a bout ended: gives what is wrong with it. */
export function judgeOf(bout: Bout): (end: End) => Promise<string[]> {
  const runtime = runtimeOf(bout.setting);
  if (isTwinAdds(bout)) {
    return async (end) => [
      ...end.outcomes.flatMap((outcome) => bug(outcome)),
      ...(end.outcomes.includes(undefined) ? [] : leftUnfinished(end.world)),
      ...(await wrongAftermath(bout, end, runtime)),
    ];
  }
  return async (end) => [
    ...bout.commands.flatMap((_, index) => wrongAnswer(bout, end, index)),
    ...wrongPair(bout, end),
    ...(end.outcomes.includes(undefined) ? [] : leftUnfinished(end.world)),
    ...(await wrongPods(bout, end, runtime)),
    ...(await wrongAftermath(bout, end, runtime)),
  ];
}

/**
 * Two ADDs of one pod that is not there: SPEC.md, section 2, forbids a runtime to run them at once. They may
 * undo one another; but they harm nobody, and DEL leaves nothing.
 */
function isTwinAdds({ commands: [one, other], there }: Bout): boolean {
  const isAdd = (command: Command | undefined) => command?.command === 'ADD' && !command.workload;
  return isAdd(one) && isAdd(other) && one?.pod === other?.pod && !(one?.pod && one.pod in there);
}

function bug(outcome: Outcome | undefined): string[] {
  return outcome?.document['code'] === 999 ? [`a bug: ${outcome.document['msg']}`] : [];
}

export function titleOf({ byReference, command, pod, valid, workload }: Command): string {
  const whose = workload ? `${workload} in ${pod}` : pod;
  if (command === 'GC') return `GC sparing ${valid?.join(', ')}`;
  const what = whose ? `${command} ${whose}` : command;
  return byReference ? `${what} by the reference` : what;
}

/** The pods whose coming and going is judged. */
function podsOf({ commands, there }: Bout): readonly PodName[] {
  const names: readonly PodName[] = ['pod1', 'pod2'];
  return names.filter((pod) => pod in there || commands.some((command) => command.pod === pod));
}

/** Whether a command puts a pod there, takes it away, or does neither. */
function partOf(
  { command, pod, valid, workload }: Command,
  about: PodName,
): 'adds' | 'removes' | 'neither' {
  if (workload) return 'neither';
  if (command === 'GC') return valid?.includes(about) ? 'neither' : 'removes';
  if (pod !== about) return 'neither';
  if (command === 'ADD') return 'adds';
  return command === 'DEL' ? 'removes' : 'neither';
}

/** Whether another command that puts its pod there, or takes it away, ran while this one did. */
function isDisturbed({ commands }: Bout, end: End, index: number): boolean {
  const { pod } = commands[index] ?? {};
  return (
    pod !== undefined &&
    commands.some(
      (other, at) =>
        at !== index &&
        partOf(other, pod) !== 'neither' &&
        !end.isBefore(at, index) &&
        !end.isBefore(index, at),
    )
  );
}

/** What each command may answer. */
function wrongAnswer(bout: Bout, end: End, index: number): string[] {
  const command = bout.commands[index];
  const outcome = end.outcomes[index];
  if (!command || !outcome || outcome.exitCode === 0) return [];
  const { code, details, msg } = outcome.document;
  const allowed = allowedCodes(bout, end, index);
  if (allowed.includes(Number(code))) return [];
  return [`${titleOf(command)} fails with code ${code}: ${msg} (${details})`];
}

function allowedCodes(bout: Bout, end: End, index: number): readonly number[] {
  const { command } = bout.commands[index] ?? {};
  const disturbed = isDisturbed(bout, end, index);
  switch (command) {
    case 'ADD':
      // Full: there is room for each but where a bout says otherwise.
      if (bout.commands[index]?.workload) return isThroughout(bout, end, index) ? [] : [3, 11];
      return [...(disturbed ? [11] : []), ...(bout.setting.isScarce ? [110] : [])];
    case 'CHECK':
      return isThroughout(bout, end, index) ? [] : [11, 100, 112];
    default:
      // One process at a time gives a lease back, and the others wait half a second for it.
      return isBesideRemoval(bout, end, index) ? [11] : [];
  }
}

/** Whether another command that takes pods away ran at the same time. */
function isBesideRemoval({ commands }: Bout, end: End, index: number): boolean {
  return commands.some(
    ({ command }, other) =>
      other !== index &&
      command !== 'CHECK' &&
      command !== 'STATUS' &&
      !end.isBefore(other, index) &&
      !end.isBefore(index, other),
  );
}

/** Whether a command's pod was there before it, and nothing changed that until it was over. */
function isThroughout({ commands, there }: Bout, end: End, index: number): boolean {
  const { pod } = commands[index] ?? {};
  return (
    pod !== undefined &&
    pod in there &&
    commands.every(
      (other, at) => at === index || partOf(other, pod) === 'neither' || end.isBefore(index, at),
    )
  );
}

/** What two answers can't be together. */
function wrongPair({ commands }: Bout, end: End): string[] {
  const got = commands.flatMap((command, index) => {
    const outcome = end.outcomes[index];
    return command.command === 'ADD' && !command.workload && outcome?.exitCode === 0
      ? [{ pod: command.pod, addresses: JSON.stringify(outcome.document['ips']) }]
      : [];
  });
  const adds = commands.filter(({ command, workload }) => command === 'ADD' && !workload);
  if (got.length === 0 && adds.length === commands.length && !end.outcomes.includes(undefined)) {
    return ['no ADD succeeds'];
  }
  return got.flatMap((one, index) =>
    got.slice(index + 1).flatMap((other) => {
      const same = one.addresses === other.addresses;
      if (one.pod === other.pod) return same ? [] : [`two ADDs of ${one.pod} answer two addresses`];
      // Where one may be gone, the other may have its address.
      const stays = (pod: PodName | undefined) =>
        pod && commands.every((command) => partOf(command, pod) !== 'removes');
      return same && stays(one.pod) && stays(other.pod)
        ? [`${one.pod} and ${other.pod} have one address: ${one.addresses}`]
        : [];
    }),
  );
}

function leftUnfinished(world: World): string[] {
  return unfinishedIn(world).map((path) => `left: ${path.replace(/\d+-n\d+/, '*')}`);
}

/** Each pod must be there whole, or not at all, as some order of the commands would have it. */
async function wrongPods(bout: Bout, end: End, runtime: Runtime): Promise<string[]> {
  const problems: string[] = [];
  for (const pod of podsOf(bout)) {
    const parts = bout.commands.map((command) => partOf(command, pod));
    // What a kill left half done is for the commands after it.
    if (parts.some((part, index) => part !== 'neither' && !end.outcomes[index])) continue;
    const { absent, results } = possible(bout, end, pod, parts);
    if (hasNothing(end.world, pod)) {
      if (!absent) problems.push(`nothing of ${pod} is there`);
      continue;
    }
    if (results.length === 0) {
      problems.push(`${pod} should be gone: ${printHoldings(end.world, pod)}`);
      continue;
    }
    problems.push(...(await wrongPod(end.world, pod, results, runtime)));
  }
  return problems;
}

/** What a pod may be in the end: absent, or as one of these ADDs has answered. */
function possible(
  { commands, there }: Bout,
  end: End,
  pod: PodName,
  parts: readonly ('adds' | 'removes' | 'neither')[],
) {
  const done = commands.flatMap((_, index) =>
    parts[index] !== 'neither' && end.outcomes[index]?.exitCode === 0 ? [index] : [],
  );
  const last = done.filter((index) => !done.some((other) => end.isBefore(index, other)));
  const results = last.flatMap((index) => {
    const outcome = end.outcomes[index];
    return parts[index] === 'adds' && outcome ? [outcome.document] : [];
  });
  const before = there[pod];
  if (done.length > 0) return { absent: last.some((index) => parts[index] === 'removes'), results };
  return { absent: before === undefined, results: before ? [before] : [] };
}

async function wrongPod(
  world: World,
  pod: PodName,
  results: readonly Outcome['document'][],
  runtime: Runtime,
): Promise<string[]> {
  const checks = await Promise.all(
    results.map(async (result) => ({ result, answer: await runtime.check(world, pod, result) })),
  );
  const good = checks.find(({ answer }) => answer.exitCode === 0);
  const holdings = printHoldings(world, pod);
  if (!good) {
    const details = checks.map(({ answer }) => answer.document['details']).join('; ');
    return [`${pod} is not as ADD answered: ${details} (${holdings})`];
  }
  const { endpoints, leases } = holdingsOf(world, pod);
  const { ips } = good.result;
  const count = Array.isArray(ips) ? ips.length : 0;
  const problems = [leases, endpoints].filter(({ length }) => length > count);
  return problems.length > 0 ? [`${pod} has more than ADD answered: ${holdings}`] : [];
}

/** After anything, DEL and a later GC leave nothing; and a GC does alone. The bystander stays as it was. */
async function wrongAftermath(bout: Bout, end: End, runtime: Runtime): Promise<string[]> {
  const pods = podsOf(bout);
  const problems: string[] = [];
  const note = (when: string, world: World, gone: readonly PodName[]) => {
    for (const pod of gone) {
      if (!hasNothing(world, pod))
        problems.push(`${when} left of ${pod}: ${printHoldings(world, pod)}`);
    }
  };
  let world = end.world;
  for (const [index, pod] of pods.entries()) {
    const done = await runtime.del(world, pod);
    if (done.outcome.exitCode !== 0) problems.push(`a later DEL fails: ${told(done.outcome)}`);
    world = done.world;
    note('a later DEL', world, pods.slice(0, index + 1));
  }
  for (const from of [end.world, world]) {
    const done = await runtime.gc(from);
    if (done.outcome.exitCode !== 0) problems.push(`a later GC fails: ${told(done.outcome)}`);
    note('a later GC', done.world, pods);
    problems.push(...unfinishedIn(done.world).map((path) => `a later GC left ${path}`));
    const ofBystander = bout.there[bystander];
    if (!ofBystander) continue;
    const check = await runtime.check(done.world, bystander, ofBystander);
    if (check.exitCode !== 0) problems.push(`the bystander is harmed: ${told(check)}`);
  }
  return problems;
}

function told({ document }: Outcome): string {
  return `${document['msg']} (${document['details']})`;
}
