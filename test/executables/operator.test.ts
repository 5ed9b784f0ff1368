import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { expectDocument, expectErrorDocument } from '../helpers/operator-document.ts';
import { quickFolder } from '../helpers/quick-folder.ts';
import { root } from '../helpers/trial-node.ts';

/** The executable as the operator's command line: a process, its pipes, its terminal. */

const wincni = join(root, 'dist', 'linux-x64', 'wincni');
const facts = ['--facts', join(root, 'test/fixtures/facts/healthy/server-2019-overlay.json')];

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stderr, stdout } = spawnSync(wincni, args, { encoding: 'utf8', env, input: '' });
  return { exitCode: status, stderr, stdout };
}

/** ESC, with which colours begin. */
const esc = '\u001b';

describe('wincni, the executable', () => {
  it('prints JSON to a pipe, and ends with what was found', () => {
    const { exitCode, stderr, stdout } = run(['doctor', ...facts, '--json']);
    expect(stderr).toBe('');
    const document = expectDocument('doctor', stdout);
    expect(document['checks']).not.toEqual([]);
    expect(exitCode).toBe(0);
  });

  it.each([
    [['version', 'now'], 'too many arguments'],
    [['docotr'], 'Did you mean doctor?'],
    [['doctor', '--fatcs', 'x'], 'Did you mean --facts?'],
    [['doctor', '--facts', '/nowhere'], '/nowhere cannot be read'],
  ])('ends with 2 where it is called wrongly: %j', (args, said) => {
    const { exitCode, stderr, stdout } = run(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(said);
  });

  it('says an error as JSON, too', () => {
    const { exitCode, stdout } = run(['doctor', '--facts', '/nowhere', '--json']);
    expect(exitCode).toBe(2);
    expectErrorDocument(stdout);
  });

  it.each([
    ['NO_COLOR goes before FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['FORCE_COLOR where there is no terminal', { FORCE_COLOR: '1' }, true],
    ['nothing where there is none', {}, false],
  ])('colours: %s', (_, env, isColoured) => {
    expect(run(['doctor', ...facts, '--all'], env).stdout.includes(esc)).toBe(isColoured);
  });

  it.each([80, 100, 120])('keeps to %d columns', (columns) => {
    const { stdout } = run(['support', '--help'], { COLUMNS: String(columns) });
    const options = stdout.split('\nExamples:')[0] ?? '';
    const longest = Math.max(...options.split('\n').map(({ length }) => length));
    expect(longest).toBeLessThanOrEqual(columns);
    expect(longest).toBeGreaterThan(columns * 0.7);
  });

  it('writes a bundle that it reads', () => {
    const out = join(quickFolder(), 'node.zip');
    const packed = run(['support', ...facts, '--out', out, '--json']);
    expect(packed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(expectDocument('support', packed.stdout)).toMatchObject({ size: statSync(out).size });
    expect(run(['doctor', '--facts', out, '--json']).stdout).toBe(
      run(['doctor', ...facts, '--json']).stdout,
    );
    expect(readFileSync(out).subarray(0, 2).toString()).toBe('PK');
  });

  it.each([
    [['doctor', ...facts, '--all'], 0],
    [['doctor', '--facts', '/nowhere', '--json'], 2],
  ])('ends as else where nobody reads what it says: %j', async (args, code) => {
    const child = spawn(wincni, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    // Before there is anything to read.
    child.stdout.destroy();
    const exited = new Promise((resolve) => {
      child.on('exit', resolve);
    });
    const stderr = await text(child.stderr);
    expect(await exited).toBe(code);
    expect(stderr).not.toContain('EPIPE');
  });

  const full = '/dev/full';
  const refused = 'error: the answer cannot be written: ENOSPC: no space left on device, write\n';

  it.skipIf(!existsSync(full)).each([
    [['doctor', ...facts], refused],
    [['version', '--json'], refused],
    [['--help'], refused],
    [['--version'], refused],
    [['config', 'validate', '--help'], refused],
    [['doctor', '--help', 'checks'], refused],
    [
      ['doctor', '--facts', '/nowhere', '--json'],
      expect.stringMatching(`/nowhere .*\n(?:.*\n)*${refused}$`),
    ],
  ])('says in a line that stdout has no room for it: %j', (args, stderr) => {
    const stdout = openSync(full, 'w');
    const run = spawnSync(wincni, args, { encoding: 'utf8', stdio: ['ignore', stdout, 'pipe'] });
    closeSync(stdout);
    expect({ exitCode: run.status, stderr: run.stderr }).toEqual({ exitCode: 1, stderr });
  });
});

// util-linux's, which gives a command a terminal of its own.
const script = '/usr/bin/script';

describe.runIf(existsSync(script))('wincni at a terminal', () => {
  /** What is on the screen after a command, with what is typed. */
  function atTerminal(args: readonly string[], typed = '', env: Record<string, string> = {}) {
    const quoted = [wincni, ...args].map((word) => `'${word}'`).join(' ');
    const folder = quickFolder();
    const { status, stdout } = spawnSync(
      script,
      ['-q', '-e', '-c', `stty cols 90; ${quoted}`, join(folder, 'screen')],
      { encoding: 'utf8', env: { PATH: '/usr/bin:/bin', TERM: 'xterm', ...env }, input: typed },
    );
    return { exitCode: status, screen: stdout };
  }

  it('has colours, and lines as wide as the terminal', () => {
    const { exitCode, screen } = atTerminal(['support', ...facts, '--dry-run']);
    expect(exitCode).toBe(0);
    expect(screen).toContain(esc);
    const { screen: help } = atTerminal(['support', '--help']);
    const lines = (stripVTControlCharacters(help).split('Examples:')[0] ?? '').split('\r\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(90);
  });

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['TERM=dumb', { TERM: 'dumb' }],
  ])('has none with %s', (_, env) => {
    expect(atTerminal(['support', ...facts, '--dry-run'], '', env).screen).not.toContain(esc);
  });

  it.each([
    ['n', 6, false],
    ['y', 0, true],
  ])('asks, and is told %s', (typed, code, isThere) => {
    const out = join(quickFolder(), 'node.zip');
    const { exitCode, screen } = atTerminal(['support', ...facts, '--out', out], `${typed}\n`);
    expect(screen).toContain(`Write ${out}? [y/N]`);
    expect(exitCode).toBe(code);
    expect(existsSync(out)).toBe(isThere);
  });
});
