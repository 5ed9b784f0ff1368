import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLong } from '../../helpers/long.ts';
import { quickFolder } from '../../helpers/quick-folder.ts';
import { type Ended, findReference, ours, start } from './processes.ts';
import { addressesOf, configOf, network, previous } from './trial.ts';

const reference = findReference();

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

/** A folder of leases of a subnet, and programs to run on it. */
function crowded(subnet: string) {
  const dataDir = quickFolder();
  const folder = join(dataDir, network);
  const config = { ...configOf(dataDir, { ipam: { subnet } }), cniVersion: '1.0.0' };
  const ask = (file: string, command: string, containerId: string, more: object = {}) =>
    start(file, { command, containerId, config: { ...config, ...more } });
  return {
    dataDir,
    folder,
    ask,
    leases: () => readdirSync(folder).filter((name) => /^\d+\.\d+\.\d+\.\d+$/.test(name)),
    leftovers: () => readdirSync(folder).filter((name) => name.startsWith('.')),
    owner: (address: string) => readFileSync(join(folder, address), 'utf8'),
  };
}

function addressOf(ended: Ended): string {
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  return addressesOf(ended.document)[0]?.split('/')[0] ?? '';
}

const crowds: readonly (readonly [string, readonly string[]])[] = [
  ['ours', [ours]],
  ...(reference ? [['ours and the reference', [ours, reference]] as const] : []),
];

/** How many come at once: all of them, or, for every day, a share. */
const many = (count: number) => (isLong ? count : Math.ceil(count * 0.4));

describe.each(crowds)('processes at once: %s', (_, programs) => {
  const programOf = (number: number) => programs[number % programs.length] ?? '';

  const hundred = many(100);
  it(`${hundred} get ${hundred} addresses, and give them back`, async () => {
    const { ask, leases, leftovers, owner } = crowded('10.1.2.0/24');
    const ends = await Promise.all(
      numbers(hundred).map((pod) => ask(programOf(pod), 'ADD', `pod${pod}`)),
    );
    const addresses = ends.map(addressOf);
    expect(new Set(addresses).size).toBe(hundred);
    expect(leases().sort()).toEqual([...addresses].sort());
    expect(addresses.map(owner)).toEqual(numbers(hundred).map((pod) => `pod${pod}\r\neth0`));
    expect(leftovers()).toEqual([]);
    // Each is given back by the other program, half of them without being told the address.
    const deleted = await Promise.all(
      numbers(hundred).map((pod) => {
        const prevResult = previous(`${addresses[pod]}/24`);
        return ask(programOf(pod + 1), 'DEL', `pod${pod}`, pod % 4 < 2 ? { prevResult } : {});
      }),
    );
    expect(deleted.filter(({ exitCode, stderr }) => exitCode !== 0 || stderr !== '')).toEqual([]);
    expect(leases()).toEqual([]);
    expect(leftovers()).toEqual([]);
  });

  const [fifty, free, subnet] = isLong ? [50, 29, '10.1.2.0/27'] : [20, 13, '10.1.2.0/28'];
  it(`${fifty} for ${free} addresses: ${free} get one, the others are told that there is none`, async () => {
    const { ask, leases } = crowded(subnet);
    const ends = await Promise.all(
      numbers(fifty).map((pod) => ask(programOf(pod), 'ADD', `pod${pod}`)),
    );
    const served = ends.filter(({ exitCode }) => exitCode === 0);
    expect(new Set(served.map(addressOf)).size).toBe(free);
    expect(served).toHaveLength(free);
    expect(leases()).toHaveLength(free);
    for (const { document, exitCode } of ends) {
      if (exitCode === 0) continue;
      expect(document['msg']).toContain('no IP addresses available in range set');
    }
  });

  const thirty = many(30);
  it(`${thirty} asking for the same address: one gets it`, async () => {
    const { ask, leases } = crowded('10.1.2.0/24');
    const asked = { runtimeConfig: { ips: ['10.1.2.77'] } };
    const ends = await Promise.all(
      numbers(thirty).map((pod) => ask(programOf(pod), 'ADD', `pod${pod}`, asked)),
    );
    expect(ends.filter(({ exitCode }) => exitCode === 0).map(addressOf)).toEqual(['10.1.2.77']);
    expect(leases()).toEqual(['10.1.2.77']);
  });
});

const twenty = many(20);
it(`a file that was abandoned is taken by one of ${twenty} processes`, async () => {
  const { ask, dataDir, leases } = crowded('10.1.2.0/30');
  // An ADD of 1970, as far as its file tells.
  mkdirSync(join(dataDir, network));
  writeFileSync(join(dataDir, network, '10.1.2.2'), '');
  utimesSync(join(dataDir, network, '10.1.2.2'), 0, 0);
  const ends = await Promise.all(numbers(twenty).map((pod) => ask(ours, 'ADD', `pod${pod}`)));
  expect(ends.filter(({ exitCode }) => exitCode === 0).map(addressOf)).toEqual(['10.1.2.2']);
  expect(leases()).toEqual(['10.1.2.2']);
});

/** A process that adds and deletes pods until it is done: its exit code, and what it complained of. */
function churn(...args: readonly string[]): Promise<string> {
  const script = join(import.meta.dirname, 'churn-worker.ts');
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (data) => {
    complaint += data;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve(`${signal ?? code}${complaint}`));
  });
}

const churned = isLong ? 10_000 : 600;

it(`${churned} pods come and go on a /20 among others, and leave nothing`, async () => {
  const { ask, dataDir, leases, leftovers } = crowded('10.1.0.0/20');
  const witnesses = quickFolder();
  const workers = numbers(4).map((worker) =>
    churn(`w${worker}`, `${churned / 4}`, '10.1.0.0/20', dataDir, witnesses),
  );
  const program = reference ?? ours;
  for (const pod of numbers(churned / 200)) {
    const address = addressOf(await ask(program, 'ADD', `between${pod}`));
    expect(readdirSync(witnesses)).not.toContain(`${address}-20`);
    expect(await ask(program, 'DEL', `between${pod}`)).toMatchObject({ exitCode: 0 });
  }
  expect(await Promise.all(workers)).toEqual(['0', '0', '0', '0']);
  expect(readdirSync(witnesses)).toEqual([]);
  expect(leases()).toEqual([]);
  expect(leftovers()).toEqual([]);
});
