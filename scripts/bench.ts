import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCalls } from './bench/calls.ts';
import { benchCrowd } from './bench/crowd.ts';
import { benchGrowth } from './bench/growth.ts';
import { benchLeases } from './bench/leases.ts';
import { benchOnLinux } from './bench/linux.ts';
import { openReport } from './bench/report.ts';
import { type Bench, withBench } from './bench/setting.ts';
import { benchUnderWine } from './bench/wine.ts';

/**
 * `npm run bench`: what commands cost, as ratios of two commands run in turn, and what they ask of HNS.
 * Names of parts run those alone; docs/performance.md says what each figure is.
 */

const parts = new Map<string, (bench: Bench) => Promise<void> | void>([
  ['linux', benchOnLinux],
  ['leases', benchLeases],
  ['growth', benchGrowth],
  ['crowd', benchCrowd],
  ['wine', benchUnderWine],
  ['calls', benchCalls],
]);

const usage = `npm run bench -- [--rounds=<pairs that count, 21>] [--json=<file>] [${[...parts.keys()].join(' | ')} ...]`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '21' }, json: { type: 'string' } },
});
const rounds = Number(values.rounds);
if (!(rounds >= 1) || positionals.some((name) => !parts.has(name))) {
  process.stderr.write(`${usage}\n`);
  process.exit(2);
}
const root = join(import.meta.dirname, '..');
const report = openReport((line) => process.stdout.write(`${line}\n`));
await withBench({ rounds, places: { root, build: join(root, 'build') }, report }, async (bench) => {
  for (const [name, run] of parts) {
    if (positionals.length === 0 || positionals.includes(name)) await run(bench);
  }
});
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify(report.entries, null, 2)}\n`);
}
