import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The last word of .ci/run: `N passed, N failed` over all suites. A suite without a report, or
 * whose report tells of no test, did not run, and counts as a failure.
 */
const [folder = '', ...rest] = process.argv.slice(2);
const suites = rest.slice(0, -1);
const otherFailures = Number(rest.at(-1));

const counts = suites.map((suite) => {
  const path = join(folder, `${suite}.json`);
  if (!existsSync(path)) return { suite, passed: 0, failed: 1, note: 'DID NOT RUN' };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const { numFailedTests, numFailedTestSuites, numPassedTests, numPendingTests } = report;
  const broken = numFailedTests === 0 && numFailedTestSuites > 0 ? numFailedTestSuites : 0;
  const none = numPassedTests + numFailedTests === 0 ? 1 : 0;
  return {
    suite,
    passed: numPassedTests,
    failed: numFailedTests + broken + none,
    note: none ? 'RAN NO TEST' : numPendingTests > 0 ? `${numPendingTests} not run here` : '',
  };
});

for (const { failed, note, passed, suite } of counts) {
  process.stdout.write(`${suite}: ${passed} passed, ${failed} failed ${note}\n`);
}
const sum = (key: 'passed' | 'failed') => counts.reduce((total, count) => total + count[key], 0);
const failed = Math.max(sum('failed'), otherFailures);
process.stdout.write(`\n${sum('passed')} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
