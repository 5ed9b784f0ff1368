import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linuxSystem } from './bench-linux.ts';
import { ratioColumns, ratioRow } from './bench-report.ts';
import { type Bench, copies } from './bench-setting.ts';
import type { Timed } from './meter.ts';
import { compare, type Making } from './timing.ts';
import { goProgram, isInPath, referenceHostLocal } from './tools.ts';

/** Prints how host-local fares as a /16 fills, ours beside the reference on the same files. */
export async function benchLeases(bench: Bench): Promise<void> {
  const { meter, report, rounds } = bench;
  const folder = join(bench.folder, 'leases');
  const { ours: programs } = await linuxSystem({ ...bench, folder });
  const ours = programs('host-local');
  const table = report.table('Linux, host-local in a /16', ratioColumns);
  const against = (what: string, one: Making, other: Making, budget?: number) =>
    ratioRow(table, what, compare(meter, rounds, one, other), budget);
  const empty = filled(join(folder, 'empty'), 0);
  const half = filled(join(folder, 'half'), 50);
  const full = filled(join(folder, 'full'), 99);
  const among = deleter(full);
  const alone = deleter(filled(join(folder, 'one'), 0));
  against(
    'ADD, 99 % taken : none taken, both ours',
    () => add(ours, full),
    () => add(ours, empty),
    1.3,
  );
  against(
    'DEL with prevResult, 99 % taken : none taken, both ours',
    () => among(ours, true),
    () => alone(ours, true),
  );
  const reference = isInPath('go') ? goProgram(referenceHostLocal) : undefined;
  if (!reference) {
    report.notMeasured('Linux, host-local in a /16 : the reference', 'no Go');
    return;
  }
  const [theirs = ''] = copies(join(folder, 'reference'), [reference]);
  for (const [taken, dataDir] of [
    ['50 %', half],
    ['99 %', full],
  ] as const) {
    against(
      `ADD, ${taken} taken : the reference v1.9.1 (Go)`,
      () => add(ours, dataDir),
      () => add(theirs, dataDir),
    );
  }
  for (const told of [true, false]) {
    against(
      `DEL ${told ? 'with' : 'without'} prevResult, 99 % taken : the reference v1.9.1 (Go)`,
      () => among(ours, told),
      () => among(theirs, told),
    );
  }
}

const network = 'bench';

/** Addresses of 10.9.0.0/16 that a pod can get: 10.9.0.2 to 10.9.255.254. */
export const addresses: readonly string[] = Array.from({ length: 65_533 }, (_, index) => {
  const at = index + 2;
  return `10.9.${at >> 8}.${at & 255}`;
});

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
