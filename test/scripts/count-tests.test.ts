import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../helpers/trial-node.ts';

type Counts = Readonly<Record<string, number>>;

const real = 'test/hns-bridge/powershell/real.test.ts';

/** What it says of a report in which each file has so many tests that passed and were skipped. */
function count(
  files: Readonly<Record<string, Counts>>,
  { ci = 'true', otherFailures = 0, suites = ['test'] } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'wincni-count-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const testResults = Object.entries(files).map(([name, counts]) => ({
    name: join(root, name),
    assertionResults: Object.entries(counts).flatMap(([status, times]) =>
      Array.from({ length: times }, (_, index) => ({ status, fullName: `${status} ${index}` })),
    ),
  }));
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const number = (wanted: string) => all.filter(({ status }) => status === wanted).length;
  const report = {
    numPassedTests: number('passed'),
    numFailedTests: number('failed'),
    numFailedTestSuites: 0,
    testResults,
  };
  writeFileSync(join(folder, 'test.json'), JSON.stringify(report));
  const run = spawnSync(
    process.execPath,
    [join(root, 'scripts/count-tests.ts'), folder, ...suites, String(otherFailures)],
    { encoding: 'utf8', env: ci === '' ? {} : { CI: ci } },
  );
  const lines = run.stdout.trimEnd().split('\n');
  return { exitCode: run.status, first: lines[0], last: lines.at(-1) };
}

describe('the count of .ci/run', () => {
  it('knows the tests that need a real PowerShell', () => {
    expect(count({ 'test/a.test.ts': { passed: 3 }, [real]: { passed: 1, skipped: 17 } })).toEqual({
      exitCode: 0,
      first: 'test: 4 passed, 0 failed, 17 for a real PowerShell, not run here',
      last: '4 passed, 0 failed',
    });
    expect(count({ [real]: { passed: 16 } })).toMatchObject({ last: '16 passed, 0 failed' });
  });

  it.each(['skipped', 'pending', 'todo', 'disabled'])('fails for another that is %s', (status) => {
    expect(count({ 'test/a.test.ts': { passed: 3, [status]: 2 } })).toEqual({
      exitCode: 1,
      first: `test: 3 passed, 2 failed, 2 SKIPPED: ${status} 0; ${status} 1`,
      last: '3 passed, 2 failed',
    });
  });

  it('fails for another number of those of a real PowerShell', () => {
    expect(count({ [real]: { passed: 1, skipped: 15 } })).toEqual({
      exitCode: 1,
      first:
        'test: 1 passed, 1 failed, 15 for a real PowerShell, not run here, EXPECTED 17 OF THOSE',
      last: '1 passed, 1 failed',
    });
  });

  it('lets a test be skipped where CI is not set', () => {
    const files = { 'test/a.test.ts': { passed: 3, skipped: 2 } };
    expect(count(files, { ci: '' })).toMatchObject({ exitCode: 0, last: '3 passed, 0 failed' });
  });

  it('counts failures, suites that did not run, and steps that failed', () => {
    const passed = { 'test/a.test.ts': { passed: 3 } };
    expect(count({ 'test/a.test.ts': { passed: 3, failed: 1 } })).toMatchObject({
      exitCode: 1,
      last: '3 passed, 1 failed',
    });
    expect(count({})).toMatchObject({ exitCode: 1, last: '0 passed, 1 failed' });
    expect(count(passed, { suites: ['test', 'test:wine'] })).toMatchObject({
      exitCode: 1,
      last: '3 passed, 1 failed',
    });
    expect(count(passed, { otherFailures: 1 })).toMatchObject({
      exitCode: 1,
      last: '3 passed, 1 failed',
    });
  });
});
