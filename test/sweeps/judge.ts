import { badAnswer } from '../helpers/bad-answer.ts';
import type { MemoryNode, Watch } from '../helpers/memory-node.ts';
import type { Answer } from '../helpers/trial-node.ts';
import { broken, everythingOf, leftOf, neighbourOf, unfinished } from './left.ts';
import type { Prepared, Scenario, Site } from './scenarios.ts';
import { validAttachments } from './scenarios.ts';

/** What strikes a command, once or from somewhere on. */
export interface Blow {
  readonly title: string;
  /** Made anew for each command. */
  strike(node: Pick<MemoryNode, 'passTime'>): Struck;
  /** It says that there is not what there is: who is told so has to believe it. */
  readonly isLie?: boolean;
  /** A lease cannot be read: GC leaves it. */
  readonly hidesLeases?: boolean;
  /** What undoes is struck too. */
  readonly persists?: boolean;
  /** It does not answer: then nothing can be undone. */
  readonly hangs?: boolean;
  /** The command is ended there: its answer is nobody's. */
  readonly kills?: boolean;
}

export interface Struck {
  readonly watch: Watch;
  /** Whether it met what it was to strike. */
  wasMet(): boolean;
  /** What happens once the command is over. */
  afterwards?(): void;
}

/** What came of a blow. */
export interface Verdict {
  readonly problems: readonly string[];
  /** What the failed ADD left, told or by rule, for DEL. */
  readonly left: number;
}

/** An hour later, nobody is still at what was left unfinished. */
const later = 3_600_000;

/** Judges the blows on one command of one place; nodes alike are cleaned up once. */
export function judgeOf(prepared: Prepared, scenario: Scenario) {
  const { before, keys, site } = prepared;
  site.node.restore(before);
  const neighbour = neighbourOf(site);
  const podBefore = leftOf(site);
  const cleaned = new Map<string, readonly string[]>();

  async function judge(blow: Blow): Promise<Verdict> {
    site.node.restore(before);
    const struck = blow.strike(site.node);
    const answer = await site.run(scenario.command, { keys, watch: struck.watch });
    if (!struck.wasMet()) throw new Error(`${blow.title}: nothing was struck`);
    struck.afterwards?.();
    const left = leftOf(site);
    const problems = [
      ...(blow.kills ? [] : badAnswer(answer)),
      ...(blow.kills ? [] : answerProblems(answer, left, blow)),
      ...(blow.isLie ? [] : broken(site)),
      ...(neighbourOf(site) === neighbour ? [] : ['the neighbour has changed']),
      ...(await clean(blow.isLie ? waysAfterLies : waysOn)),
    ];
    return { problems: problems.map((problem) => `${blow.title}: ${problem}`), left: left.length };
  }

  function answerProblems(answer: Answer, left: readonly string[], blow: Blow): string[] {
    const { document, exitCode } = answer;
    const news = left.filter((what) => !podBefore.includes(what));
    switch (scenario.command) {
      case 'ADD': {
        if (exitCode === 0 || news.length === 0) return [];
        // HNS says to the last that it has no such thing.
        if (blow.isLie && blow.persists) return [];
        if (blow.hangs && document?.['code'] === 103) return [];
        const said = String(document?.['details']);
        if (blow.persists && said.includes('not undone')) return [];
        return news.map((what) => `${JSON.stringify(document)}, and left: ${what}`);
      }
      case 'DEL':
      case 'GC':
        if (scenario.command === 'GC' && blow.hidesLeases) return [];
        return exitCode === 0 && !blow.isLie
          ? left.map((what) => `success, and left: ${what}`)
          : [];
      default:
        return news.map((what) => `${scenario.command} made ${what}`);
    }
  }

  /** A runtime may go on in any of these ways; each leaves the node clean. */
  async function clean(ways: readonly (readonly string[])[]): Promise<readonly string[]> {
    const key = `${ways.length} ${everythingOf(site)}`;
    const known = cleaned.get(key);
    if (known) return known;
    const state = site.node.snapshot();
    const found: string[] = [];
    for (const way of site.place.isWorkload ? waysOfWorkloads : ways) {
      site.node.restore(state);
      found.push(...(await goOn(site, way, neighbour)));
    }
    cleaned.set(key, found);
    return found;
  }

  return { judge, cleanings: () => cleaned.size };
}

const waysOn = [
  ['DEL', 'GC', 'ADD', 'DEL'],
  ['GC', 'ADD', 'DEL'],
  ['ADD', 'DEL', 'GC'],
];
/** Who was told that there is no endpoint made another beside it: of two, ADD goes by either. */
const waysAfterLies = waysOn.filter(([first]) => first !== 'ADD');
/** GC knows no workloads. */
const waysOfWorkloads = [['DEL'], ['ADD', 'DEL']];

/** Runs one command after the other, unhindered; each must succeed, and do what it is for. */
export async function goOn(
  site: Site,
  way: readonly string[],
  neighbour: string,
): Promise<string[]> {
  const problems: string[] = [];
  for (const [index, command] of way.entries()) {
    const keys = command === 'GC' ? validAttachments(site.place) : {};
    const answer = await site.run(command, { keys, ...(command === 'GC' ? { later } : {}) });
    const found = [
      ...badAnswer(answer),
      ...(answer.exitCode === 0 ? [] : [`failed: ${JSON.stringify(answer.document)}`]),
      ...broken(site),
      ...(command === 'ADD' ? await checked(site, answer) : leftOf(site)),
      ...(command === 'GC' ? unfinished(site) : []),
      ...(neighbourOf(site) === neighbour ? [] : ['the neighbour has changed']),
    ];
    const done = way.slice(0, index + 1).join(', ');
    problems.push(...found.map((problem) => `then ${done}: ${problem}`));
  }
  return problems;
}

/** The pod is as ADD said: CHECK compares every part of it. */
async function checked(site: Site, { document }: Answer): Promise<string[]> {
  if (!document) return ['ADD gave no result'];
  const check = await site.run('CHECK', { keys: { prevResult: document } });
  return check.exitCode === 0 ? [] : [`CHECK: ${JSON.stringify(check.document)}`];
}
