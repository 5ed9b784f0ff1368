import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The last word of .ci/run: `N passed, N failed` over all suites. A suite without a report, or
 * whose report tells of no test, did not run, and counts as a failure. So does, where CI is set, a
 * test that was skipped, but for those of a real PowerShell: all of them, or none.
 */
const [folder = '', ...rest] = process.argv.slice(2);
const suites = rest.slice(0, -1);
const otherFailures = Number(rest.at(-1));

/** For Windows, or for a machine with pwsh. */
const realPowerShell = {
  files: ['test/hns-bridge/powershell/real.test.ts', 'test/plugins/wincni/facts/script.test.ts'],
  tests: 17,
};

interface FileReport {
  readonly name: string;
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
}

/** The tests that were not run: how many of a real PowerShell, and which others. */
function skippedIn(files: readonly FileReport[]) {
  const skipped = files.flatMap(({ assertionResults, name }) =>
    assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => ({
        fullName,
        real: realPowerShell.files.some((file) => name.endsWith(file)),
      })),
  );
  const others = skipped.filter(({ real }) => !real).map(({ fullName }) => fullName);
  return { real: skipped.length - others.length, others };
}

const counts = suites.map((suite) => {
  const path = join(folder, `${suite}.json`);
  if (!existsSync(path)) return { suite, passed: 0, failed: 1, notes: ['DID NOT RUN'] };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const { numFailedTests, numFailedTestSuites, numPassedTests, testResults } = report;
  const broken = numFailedTests === 0 && numFailedTestSuites > 0 ? numFailedTestSuites : 0;
  const none = numPassedTests + numFailedTests === 0 ? 1 : 0;
  const { others, real } = skippedIn(testResults);
  const realExpected = real === 0 || real === realPowerShell.tests;
  const unexpected = others.length + (realExpected ? 0 : 1);
  return {
    suite,
    passed: numPassedTests,
    failed: numFailedTests + broken + none + (process.env['CI'] ? unexpected : 0),
    notes: [
      ...(none ? ['RAN NO TEST'] : []),
      ...(real > 0 ? [`${real} for a real PowerShell, not run here`] : []),
      ...(realExpected ? [] : [`EXPECTED ${realPowerShell.tests} OF THOSE`]),
      ...(others.length > 0 ? [`${others.length} SKIPPED: ${others.join('; ')}`] : []),
    ],
  };
});

for (const { failed, notes, passed, suite } of counts) {
  process.stdout.write(
    `${[`${suite}: ${passed} passed`, `${failed} failed`, ...notes].join(', ')}\n`,
  );
}
const sum = (key: 'passed' | 'failed') => counts.reduce((total, count) => total + count[key], 0);
const failed = Math.max(sum('failed'), otherFailures);
process.stdout.write(`\n${sum('passed')} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
