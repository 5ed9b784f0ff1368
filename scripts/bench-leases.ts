import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, printed, type Timed } from './timing.ts';
import { goProgram, isInPath, referenceHostLocal } from './tools.ts';

/**
 * host-local in folders of many leases, as ratios; part of `npm run bench`, and by itself:
 * `node scripts/bench-leases.ts [--rounds=<number>]`.
 */

/** What host-local is measured with. */
export interface LeaseBench {
  /** An empty folder, for folders of leases. */
  readonly folder: string;
  readonly rounds: number;
  readonly ours: string;
  /** The reference's host-local; undefined where there is none. */
  readonly reference: string | undefined;
  /** Prints a figure: what it is of, the ratio, its budget. */
  readonly row: (what: string, figure: string, budget: string) => void;
}

const network = 'bench';

/** Addresses of 10.9.0.0/16 that a pod can get: 10.9.0.2 to 10.9.255.254. */
const addresses = Array.from({ length: 65_533 }, (_, index) => {
  const at = index + 2;
  return `10.9.${at >> 8}.${at & 255}`;
});

/** Prints how ADD and DEL fare as a /16 fills, ours beside the reference on the same files. */
export function benchLeases({ folder, ours, reference, rounds, row }: LeaseBench): void {
  const ratio = (one: (round: number) => Timed, other: (round: number) => Timed) =>
    printed(compare(rounds, one, other));
  const empty = filled(join(folder, 'empty'), 0);
  const half = filled(join(folder, 'half'), 50);
  const full = filled(join(folder, 'full'), 99);
  row('host-local in a /16', 'ratio (middle half)', 'budget');
  row(
    'ADD, 99 % taken : none taken, both ours',
    ratio(
      () => add(ours, full),
      () => add(ours, empty),
    ),
    'at most 1.50',
  );
  const oneLease = filled(join(folder, 'one'), 0);
  const among = deleter(full);
  const alone = deleter(oneLease);
  row(
    'DEL with prevResult, 99 % taken : none taken, both ours',
    ratio(
      () => among(ours, true),
      () => alone(ours, true),
    ),
    'at most 1.50',
  );
  if (!reference) {
    row('*** against the reference: NOT MEASURED, for want of Go', '', '');
    return;
  }
  const noBudget = 'none: Node starts slower than Go';
  for (const [taken, dataDir, budget] of [
    ['none', empty, noBudget],
    ['50 %', half, ''],
    ['99 %', full, 'at most 1.00'],
  ] as const) {
    row(
      `ADD, ${taken} taken : reference v1.9.1`,
      ratio(
        () => add(ours, dataDir),
        () => add(reference, dataDir),
      ),
      budget,
    );
  }
  for (const told of [true, false]) {
    row(
      `DEL ${told ? 'with' : 'without'} prevResult, 99 % taken : reference v1.9.1`,
      ratio(
        () => among(ours, told),
        () => among(reference, told),
      ),
      told ? 'at most 1.00' : '',
    );
  }
}

/**
 * A data folder where so many of a hundred addresses are leased, the free ones strewn among them, and
 * the last one that was given is in the middle.
 */
function filled(dataDir: string, percent: number): string {
  const folder = join(dataDir, network);
  mkdirSync(folder, { recursive: true });
  for (const [index, address] of addresses.entries()) {
    // One of a hundred is then a hundred addresses from the next.
    if ((index * 7919) % 100 >= percent) continue;
    writeFileSync(join(folder, address), `pod${index}\r\neth0`);
  }
  if (percent > 0) writeFileSync(join(folder, 'last_reserved_ip.0'), '10.9.128.0');
  return dataDir;
}

function host(file: string, dataDir: string, command: string, pod: string, more: object): Timed {
  const ipam = { type: 'host-local', subnet: '10.9.0.0/16', dataDir };
  return {
    file,
    stdin: JSON.stringify({ cniVersion: '1.0.0', name: network, ipam, ...more }),
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: pod,
      CNI_NETNS: 'none',
      CNI_IFNAME: 'eth0',
      CNI_PATH: dataDir,
    },
  };
}

function add(file: string, dataDir: string): Timed {
  return host(file, dataDir, 'ADD', `new-${Math.random().toString(36).slice(2)}`, {});
}

/** Deletes a pod of a folder each time, another than before, whoever does it. */
function deleter(dataDir: string) {
  let next = 0;
  return (file: string, told: boolean): Timed => {
    const address = addresses[(next * 300) % addresses.length] ?? '';
    const pod = `deleted${next++}`;
    writeFileSync(join(dataDir, network, address), `${pod}\r\neth0`);
    const prevResult = { cniVersion: '1.0.0', ips: [{ address: `${address}/16` }] };
    return host(file, dataDir, 'DEL', pod, told ? { prevResult } : {});
  };
}

function main(): void {
  const root = join(import.meta.dirname, '..');
  const folder = mkdtempSync(join(tmpdir(), 'wincni-leases-'));
  try {
    benchLeases({
      folder,
      rounds: Number(process.argv.find((text) => text.startsWith('--rounds='))?.slice(9) ?? 21),
      ours: join(root, 'dist', 'linux-x64', 'host-local'),
      reference: isInPath('go') ? goProgram(referenceHostLocal) : undefined,
      row: (what, figure, budget) =>
        process.stdout.write(`${what.padEnd(66)} ${figure.padEnd(20)} ${budget}\n`),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) main();
