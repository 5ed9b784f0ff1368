import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLong } from '../helpers/long.ts';
import { root } from '../helpers/trial-node.ts';
import { tell } from '../sweeps/counts.ts';
import { describeCall, type Effect, operationsOf, titleOf, watched } from './effects.ts';
import { isStruck, parseLog, readCalls } from './strace.ts';
import { callsElsewhere } from './strike.ts';

/**
 * The executable installs itself and is killed before each thing it does to a name: each plugin's name has
 * its old file or its new one, whole, and the next run gets to the end.
 */

const built = join(root, 'dist', `linux-${process.arch}`, 'wincni');
const names = ['flannel', 'host-local'];
const foreign = '#!/bin/sh\nexit 3\n';

let folder = '';
const at = (...parts: readonly string[]) => join(folder, 'node', ...parts);
const older = () => join(folder, 'older', 'wincni');

/** Runs a command of an executable, under strace where it is asked for. */
function run(file: string, command: string, strace: readonly string[] = []) {
  const places = ['--program-dir', at('wincni'), '--yes'];
  const where = command === 'install' ? ['--bin-dir', at('bin'), '--names', names.join(',')] : [];
  const words = [...strace, file, command, ...places, ...where];
  const [first = '', ...rest] = words;
  return spawnSync(first, rest, { encoding: 'utf8', env: {}, input: '' });
}

const traced = (log: string, calls: readonly string[], more: readonly string[] = []) => [
  ...['/usr/bin/env', 'strace', '-qq', '-y', '-s', '120', '-o', log],
  ...[
    '-e',
    `trace=execve,${calls.map((name) => `?${name}`).join(',')}`,
    '-e',
    'signal=none',
    ...more,
  ],
];

/** A copy whose files are links: whoever installs writes into none that is there. */
function copyTree(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  const copied = spawnSync('cp', ['-al', from, to]);
  if (copied.status !== 0) throw new Error(String(copied.stderr));
}

interface Change {
  readonly name: string;
  /** What leads there. */
  readonly before: readonly (readonly [older: boolean, command: string])[];
  readonly command: string;
  /** What stands under each name before and after it. */
  readonly from: 'foreign' | 'older' | 'built';
  readonly to: 'foreign' | 'older' | 'built';
}

const changes: readonly Change[] = [
  {
    name: 'install over foreign plugins',
    before: [],
    command: 'install',
    from: 'foreign',
    to: 'built',
  },
  {
    name: 'upgrade',
    before: [[true, 'install']],
    command: 'upgrade',
    from: 'older',
    to: 'built',
  },
  {
    name: 'rollback',
    before: [
      [true, 'install'],
      [false, 'upgrade'],
    ],
    command: 'rollback',
    from: 'built',
    to: 'older',
  },
];

/** Which of the files stands under a name; all have lengths of their own. */
function standing(name: string): string {
  const path = at('bin', name);
  if (!existsSync(path)) return 'nothing';
  const { size } = statSync(path);
  if (size === foreign.length) return 'foreign';
  if (size === statSync(built).size) return 'built';
  return size === statSync(older()).size ? 'older' : `${size} bytes`;
}

/** What is done to names; in test:long all it does. */
function isLookedAt({ call, kind }: Effect): boolean {
  if (kind !== 'change') return false;
  return isLong ? call !== 'write' : /^(?:rename|link|unlink)/.test(call);
}

/** Kills a command before an effect, and makes sure that it was this one. */
function kill(command: string, effect: Effect): void {
  let { nth } = effect;
  for (let attempt = 1; attempt <= 20; attempt++) {
    copyTree(join(folder, 'pristine'), at());
    const log = join(folder, 'strace.log');
    const inject = ['-e', `inject=${effect.call}:signal=SIGKILL:when=${nth}`];
    run(built, command, traced(log, [effect.call], inject));
    const struck = parseLog(readFileSync(log, 'utf8')).findLast(isStruck);
    if (struck && describeCall(struck, at()) === effect.what) return;
    nth = effect.nthOfNode + callsElsewhere(readCalls(log), effect, at());
  }
  throw new Error(`never struck ${titleOf(effect)}`);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wincni-install-'));
  mkdirSync(dirname(older()));
  copyFileSync(built, older());
  appendFileSync(older(), 'older');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The most that is done; the others in test:long. */
const played = isLong ? changes : changes.filter(({ command }) => command === 'upgrade');

describe.each(played)('$name', ({ before, command, from, name, to }) => {
  it('is killed before each thing it does to a name', () => {
    rmSync(at(), { recursive: true, force: true });
    mkdirSync(at('bin'), { recursive: true });
    for (const plugin of names) writeFileSync(at('bin', plugin), foreign, { mode: 0o755 });
    for (const [isOlder, earlier] of before) {
      expect(run(isOlder ? older() : built, earlier)).toMatchObject({ status: 0, stderr: '' });
    }
    copyTree(at(), join(folder, 'pristine'));
    const log = join(folder, 'strace.log');
    expect(run(built, command, traced(log, watched))).toMatchObject({ status: 0, stderr: '' });
    expect(names.map(standing)).toEqual([to, to]);
    const effects = operationsOf(readCalls(log), at()).filter(isLookedAt);
    const problems: string[] = [];
    for (const effect of effects) {
      kill(command, effect);
      const found = names.map(standing);
      if (found.some((what) => what !== from && what !== to))
        problems.push(`${titleOf(effect)}: ${found}`);
      const again = run(built, command);
      // Killed at the very end, it was done: rollback would go back once more.
      const left = `${again.stderr}${names.map(standing)}`;
      if (command !== 'rollback' && left !== `${to},${to}`)
        problems.push(`${titleOf(effect)}, again: ${left}`);
      const end = run(built, 'uninstall');
      const rest = [
        end.stderr,
        ...names.map(standing),
        ...readdirSync(at('bin')),
        ...readdirSync(at()),
      ];
      if (rest.join() !== ['', 'foreign', 'foreign', ...names, 'bin'].join()) {
        problems.push(`${titleOf(effect)}, uninstall: ${rest}`);
      }
    }
    tell({
      sweep: `executables: ${name}`,
      counts: { 'effects it was killed before': effects.length },
      leftOver: problems.length,
    });
    expect(problems).toEqual([]);
    expect(effects.length).toBeGreaterThan(5);
  });
});
