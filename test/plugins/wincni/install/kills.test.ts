import { describe, expect, it } from 'vitest';
import type { DiskRules } from '../../../helpers/executables-disk.ts';
import { isLong } from '../../../helpers/long.ts';
import { systemError } from '../../../helpers/memory-files.ts';
import { bin, ours, programs, type TrialInstall, trialInstall } from './trial-install.ts';

/**
 * Every change of the plugins' names, killed before each thing it does to a file, and failing at each: at
 * every instant each name has its old plugin or its new one, and the next run gets to the end.
 */

const names = ['flannel', 'win-overlay', 'win-bridge', 'host-local'];
const foreign: Readonly<Record<string, string>> = {
  flannel: 'reference flannel',
  'win-bridge': 'reference win-bridge',
  'host-local': 'reference host-local',
};

interface Change {
  readonly name: string;
  /** The commands that lead there, each by the executable of a version. */
  readonly before: readonly (readonly [version: string, ...words: string[]])[];
  readonly command: readonly [version: string, ...words: string[]];
  /** What stands under each name then: a version of ours, or what stood there first. */
  readonly after: string;
}

const install = ['install', '--bin-dir', bin, '--yes'] as const;
const changes: readonly Change[] = [
  { name: 'install', before: [], command: ['1.0.0', ...install], after: '1.0.0' },
  {
    name: 'upgrade',
    before: [['1.0.0', ...install]],
    command: ['2.0.0', 'upgrade', '--yes'],
    after: '2.0.0',
  },
  {
    name: 'rollback of an upgrade',
    before: [
      ['1.0.0', ...install],
      ['2.0.0', ...install],
    ],
    command: ['2.0.0', 'rollback', '--yes'],
    after: '1.0.0',
  },
  {
    name: 'rollback of the first install',
    before: [['1.0.0', ...install]],
    command: ['1.0.0', 'rollback', '--yes'],
    after: 'first',
  },
  {
    name: 'uninstall of two',
    before: [
      ['1.0.0', ...install],
      ['2.0.0', ...install],
    ],
    command: ['2.0.0', 'uninstall', '--yes'],
    after: 'first',
  },
];

interface Variant {
  readonly name: string;
  readonly rules: DiskRules;
  /** Whether the plugins run that stand there before it. */
  readonly running: boolean;
  /** Whether a name may be without a file between two renames. */
  readonly mayLack: boolean;
}

const variants: readonly Variant[] = [
  { name: 'Windows, plugins running', rules: {}, running: true, mayLack: true },
  { name: 'Windows, none running', rules: {}, running: false, mayLack: false },
  { name: 'Linux, plugins running', rules: { windows: false }, running: true, mayLack: false },
  {
    name: 'a bin folder on another volume',
    rules: { volumeOf: (path) => (path.startsWith(bin) ? 'D' : 'C') },
    running: true,
    mayLack: true,
  },
  { name: 'files without links', rules: { links: false }, running: true, mayLack: true },
];

class Killed extends Error {}

/** What is done to the n-th operation, and whether to all behind it. */
type Blow = { readonly kind: 'kill' | 'once' | 'always'; readonly code: string };

const kill: Blow = { kind: 'kill', code: '' };
const errors: readonly Blow[] = [
  { kind: 'once', code: 'EACCES' },
  { kind: 'once', code: 'EBUSY' },
  { kind: 'once', code: 'ENOSPC' },
  { kind: 'always', code: 'EIO' },
  { kind: 'always', code: 'ENOSPC' },
];

/** A node at the start of a change, with an order for one of its operations. */
interface Stage extends TrialInstall {
  strike(at: number, blow: Blow | undefined): void;
  operations(): number;
  /** Looks no longer. */
  close(): readonly string[];
}

async function stage({ after, before }: Change, variant: Variant): Promise<Stage> {
  let [count, target] = [0, 0];
  let blow: Blow | undefined;
  let watch: Watch | undefined;
  const trial = trialInstall({
    ...variant.rules,
    before(call, path) {
      count++;
      if (!blow || count < target) return;
      if (blow.kind === 'once' && count > target) return;
      // Where the disk is full, or breaks, it can still be read, and files be removed.
      if (blow.kind === 'always' && /^(?:open|scandir|unlink|rmdir)$/.test(call)) return;
      if (blow.kind !== 'once') watch?.excuse();
      if (blow.kind === 'kill') throw new Killed();
      throw systemError(blow.code, call, path);
    },
    after: () => watch?.look(),
  });
  for (const [name, text] of Object.entries(foreign)) trial.disk.put(`${bin}/${name}`, text);
  for (const [version, ...words] of before) {
    expect(await trial.run(version, ...words)).toMatchObject({ exitCode: 0 });
  }
  for (const [name, text] of Object.entries(standing(trial))) {
    if (variant.running && text !== undefined) trial.disk.run(`${bin}/${name}`);
  }
  const { mayLack } = variant;
  watch = watching(trial, expected(after), () => mayLack || isRefusal(blow));
  return {
    ...trial,
    operations: () => count,
    strike(at, next) {
      [count, target, blow] = [0, at, next];
    },
    close() {
      const problems = watch?.problems ?? [];
      watch = undefined;
      return problems;
    },
  };
}

/** What Windows says of what runs, too: it is renamed away then. */
const isRefusal = (blow: Blow | undefined) => blow?.code === 'EACCES' || blow?.code === 'EBUSY';

interface Watch {
  look(): void;
  /** What is without a file now may be so until the next run. */
  excuse(): void;
  readonly problems: readonly string[];
}

/** Looks whether each name has what it had, or what it shall have, at every instant. */
function watching(
  trial: TrialInstall,
  shall: Readonly<Record<string, string | undefined>>,
  mayLack: () => boolean,
): Watch {
  const had = standing(trial);
  const lacking = new Map<string, number>();
  const excused = new Set<string>();
  const problems: string[] = [];
  return {
    problems,
    excuse() {
      for (const name of lacking.keys()) excused.add(name);
    },
    look() {
      for (const [name, text] of Object.entries(standing(trial))) {
        if (text === had[name] || text === shall[name]) {
          lacking.delete(name);
          excused.delete(name);
        } else if (text !== undefined) problems.push(`${name} has ${text}`);
        else if (!excused.has(name)) {
          lacking.set(name, (lacking.get(name) ?? 0) + 1);
          if ((lacking.get(name) ?? 0) > (mayLack() ? 1 : 0)) problems.push(`${name} has no file`);
        }
      }
    },
  };
}

function expected(after: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    names.map((name) => [name, after === 'first' ? foreign[name] : ours(after)]),
  );
}

const standing = ({ disk }: TrialInstall) =>
  Object.fromEntries(names.map((name) => [name, disk.textOf(`${bin}/${name}`)]));

/** Whether the change was made before the command was struck: a rollback again would be another one. */
async function isDone(trial: TrialInstall, after: string): Promise<boolean> {
  const { stdout } = await trial.run('2.0.0', 'status', '--json');
  const { begun, version = 'first' } = JSON.parse(stdout);
  return begun === undefined && version === after;
}

async function struck(change: Change, variant: Variant, at: number, blow: Blow) {
  const trial = await stage(change, variant);
  const [version, ...words] = change.command;
  trial.strike(at, blow);
  const told: string[] = [];
  try {
    const { exitCode, stderr } = await trial.run(version, ...words);
    if (exitCode !== 0 && exitCode !== 1) told.push(`exit code ${exitCode}`);
    if (exitCode === 1 && !stderr.startsWith('error: ')) told.push(`said ${stderr}`);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
  trial.strike(0, undefined);
  if (!(await isDone(trial, change.after))) {
    const { exitCode, stderr } = await trial.run(version, ...words);
    if (exitCode !== 0) told.push(`the second run: ${stderr}`);
  }
  const problems = [...told, ...trial.close()];
  if (JSON.stringify(standing(trial)) !== JSON.stringify(expected(change.after))) {
    problems.push(`then there is ${JSON.stringify(standing(trial))}`);
  }
  trial.disk.endAll();
  const end = await trial.run('2.0.0', 'uninstall', '--yes');
  if (end.exitCode !== 0) problems.push(`uninstall: ${end.stderr}`);
  const left = [...trial.disk.all().keys()].filter((path) => !path.startsWith('/usb'));
  const first = [...Object.keys(foreign).map((name) => `${bin}/${name}`)];
  const extra = left.filter((path) => !path.endsWith('/') && !first.includes(path));
  if (JSON.stringify(standing(trial)) !== JSON.stringify(expected('first'))) {
    problems.push(`uninstall leaves ${JSON.stringify(standing(trial))}`);
  }
  if (extra.length > 0) problems.push(`uninstall leaves ${extra}`);
  if (left.some((path) => path.startsWith(programs))) problems.push(`there is still ${left}`);
  return problems;
}

describe.each(variants)('$name', (variant) => {
  it.each(changes)('$name', async (change) => {
    const clean = await stage(change, variant);
    clean.strike(0, undefined);
    const [version, ...words] = change.command;
    expect(await clean.run(version, ...words)).toMatchObject({ exitCode: 0, stderr: '' });
    const operations = clean.operations();
    expect(standing(clean)).toEqual(expected(change.after));
    expect(clean.close()).toEqual([]);
    expect(operations).toBeGreaterThan(15);
    const problems: string[] = [];
    // Every day a fifth of them, each variant another; all of them in test:long.
    const every = isLong ? 1 : 5;
    for (let at = 1 + (variants.indexOf(variant) % every); at <= operations; at += every) {
      for (const blow of isLong ? [kill, ...errors] : [kill, errors[at % errors.length] ?? kill]) {
        const found = await struck(change, variant, at, blow);
        problems.push(...found.map((what) => `${blow.kind} ${blow.code} at ${at}: ${what}`));
      }
    }
    expect(problems).toEqual([]);
  });
});
