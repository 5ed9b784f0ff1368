import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../system/host.ts';
import { nodeHost } from '../../system/node-host.ts';
import { type Fault, faultsFile, startsFile } from '../fixtures/powershell/faults.ts';
import { standInPowerShell } from '../helpers/stand-in-powershell.ts';
import {
  configOf,
  inProcessWith,
  type Json,
  type TrialNode,
  trialNode,
} from '../helpers/trial-node.ts';

/** What STATUS, which runtimes ask for every few seconds, costs in PowerShell processes. */

let node: TrialNode;
/** Seconds since the first command; and whether deadlines pass at once. */
let time = { now: 0, isOver: false };
const well = { exitCode: 0, document: undefined, stderr: '' };

const after: Clock['after'] = (ms, act) => {
  if (!time.isOver) return nodeHost(process).clock.after(ms, act);
  const soon = setImmediate(act);
  return () => clearImmediate(soon);
};

beforeEach(() => {
  // The time of day stands but for what a test says.
  vi.useFakeTimers({ toFake: ['Date'] });
  time = { now: 0, isOver: false };
  node = trialNode('overlay', {
    env: { WINCNI_HNS: 'powershell', WINCNI_POWERSHELL: standInPowerShell },
    start: (...command) => inProcessWith(after, time.now * 1000)(...command),
  });
});
afterEach(() => {
  vi.useRealTimers();
  node.remove();
});

const run = (command: string, changes: Json = {}, more: Json = {}) =>
  node.run({
    plugin: 'flannel',
    command,
    config: { ...configOf(node, 'flannel-overlay', { cniVersion: '1.1.0' }), ...changes },
    env: { WINCNI_LOG_FILE: logFile() },
    ...more,
  });

/** STATUS so many seconds after the first. */
function statusAt(seconds: number, changes: Json = {}, more: Json = {}) {
  time.now = seconds;
  return run('STATUS', changes, more);
}

/** How many PowerShell processes have begun to run so far. */
const starts = () => linesOf(join(node.folder, 'hns', startsFile)).length;

/** How many were started, those that were ended before they did anything among them. */
const started = () =>
  linesOf(logFile()).filter((line) => line.includes('"step":"powershell started"')).length;

const logFile = () => join(node.folder, 'log');

function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

const file = () => join(node.stateFolder, 'status-flannel.4096-win-overlay');
const order = (...faults: readonly Fault[]) =>
  writeFileSync(join(node.folder, 'hns', faultsFile), JSON.stringify(faults));
const withoutNetworks = () => node.setHns((state) => ({ ...state, networks: [], endpoints: [] }));

describe('the last good answer', () => {
  it('saves 10 of the 12 processes of a minute', async () => {
    for (let at = 0; at < 60; at += 5) expect(await statusAt(at)).toEqual(well);
    expect(starts()).toBe(2);
    expect(readdirSync(node.stateFolder)).toEqual(['status-flannel.4096-win-overlay']);
  });

  it('is kept whole, for its owner alone', async () => {
    await statusAt(0);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(node.stateFolder).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
      about: expect.stringMatching(/^[0-9a-f]{40}$/),
      good: expect.any(Number),
      asked: expect.any(Number),
    });
  });

  it.each<[string, number, Json, Json]>([
    ['is too old', 46, {}, {}],
    ['is from the future: the clock was set back', -60, {}, {}],
    ['is about another configuration', 1, { delegate: { type: 'win-overlay', mtu: 1 } }, {}],
    ['is about another plugin', 1, { type: 'win-overlay' }, { plugin: 'win-overlay' }],
    ['is about another network', 1, { name: 'vxlan1', createNetwork: true }, {}],
  ])('is not given when it %s', async (_, at, changes, more) => {
    await statusAt(0);
    await statusAt(at, changes, more);
    expect(starts()).toBe(2);
  });

  it('is given for 45 seconds though HNS says otherwise by then, and no longer', async () => {
    await statusAt(0);
    withoutNetworks();
    expect(await statusAt(45)).toEqual(well);
    expect((await statusAt(46)).document).toMatchObject({ code: 50 });
  });

  it('is not a bad one: after that, HNS is asked each time', async () => {
    await statusAt(0);
    withoutNetworks();
    for (const at of [50, 55, 60]) {
      expect((await statusAt(at)).document).toMatchObject({ code: 50 });
    }
    expect(starts()).toBe(4);
    expect(readdirSync(node.stateFolder)).toEqual([]);
  });

  it.each<[string, () => void]>([
    ['did not find the network', withoutNetworks],
    [
      'found a network of another type',
      () =>
        node.setHns((state) => ({
          ...state,
          networks: state.networks.map((network) => ({ ...network, Type: 'L2Bridge' })),
        })),
    ],
    [
      'got no answer about it',
      () => {
        const refusal = { do: 'refuse', code: 'com', hresult: '0x80070005', detail: '' } as const;
        const refused = { ...refusal, message: 'Access is denied' };
        // STATUS lists networks first; ADD after it has loaded the native functions, or has not.
        order({ at: 1, ...refused }, { at: 2, ...refused });
      },
    ],
  ])('ends with an ADD that %s', async (_, change) => {
    await statusAt(0);
    change();
    expect(await run('ADD')).toMatchObject({ exitCode: 1 });
    expect((await statusAt(10)).document).toMatchObject({ code: 50 });
  });

  it('is not touched by an ADD that succeeds', async () => {
    await statusAt(0);
    expect(await run('ADD')).toMatchObject({ exitCode: 0 });
    await statusAt(10);
    expect(starts()).toBe(2);
  });

  it('is of HNS alone: IPAM is asked each time', async () => {
    await statusAt(0);
    writeFileSync(node.leaseFolder.replace(/networks$/, 'file'), '');
    const ipam = { dataDir: node.leaseFolder.replace(/networks$/, 'file') };
    await statusAt(1, { ipam });
    expect((await statusAt(2, { ipam })).document).toMatchObject({ code: 50 });
    expect(starts()).toBe(2);
  });

  it('is not kept of HNS natively or simulated: asking starts no process', async () => {
    const env = { WINCNI_HNS: 'simulator' };
    expect(await statusAt(0, {}, { env })).toEqual(well);
    expect(existsSync(node.stateFolder)).toBe(false);
    withoutNetworks();
    expect((await statusAt(1, {}, { env })).document).toMatchObject({ code: 50 });
  });
});

describe('a file that holds no answer', () => {
  it('is replaced by one', async () => {
    mkdirSync(node.stateFolder);
    writeFileSync(file(), '{');
    expect(await statusAt(0)).toEqual(well);
    expect(await statusAt(1)).toEqual(well);
    expect(starts()).toBe(1);
  });

  it.each<[string, () => void]>([
    ['it is a folder', () => mkdirSync(join(file(), 'x'), { recursive: true })],
    ['its folder is a file', () => writeFileSync(node.stateFolder, '')],
  ])('and cannot be one fails nothing: %s', async (_, block) => {
    block();
    for (const at of [0, 1]) expect(await statusAt(at)).toEqual(well);
    expect(starts()).toBe(2);
  });
});

describe('a PowerShell that is slow to start', () => {
  /** STATUS while PowerShell does not start in time. */
  async function slowStatusAt(seconds: number) {
    order({ at: 'start', do: 'hang' });
    time.isOver = true;
    const answer = await statusAt(seconds);
    time.isOver = false;
    order();
    return answer;
  }

  it('does no harm for five minutes after a good answer, and is left alone for 30 s', async () => {
    await statusAt(0);
    expect(await slowStatusAt(50)).toEqual(well);
    expect(started()).toBe(2);
    for (const at of [55, 60, 75, 80]) expect(await slowStatusAt(at)).toEqual(well);
    expect(started()).toBe(2);
    expect(await slowStatusAt(85)).toEqual(well);
    expect(started()).toBe(3);
    expect((await slowStatusAt(301)).document).toMatchObject({ code: 50 });
  });

  it('is forgotten with the next good answer', async () => {
    await statusAt(0);
    await slowStatusAt(50);
    expect(await statusAt(81)).toEqual(well);
    withoutNetworks();
    expect(await statusAt(126)).toEqual(well);
    expect((await statusAt(127)).document).toMatchObject({ code: 50 });
  });

  it('is told where there is no answer', async () => {
    expect((await slowStatusAt(0)).document).toMatchObject({
      code: 50,
      msg: expect.stringMatching(/PowerShell was not ready within|did not answer within/),
    });
  });
});
