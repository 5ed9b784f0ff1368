import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { usualDeadlines } from '../../hns-bridge/powershell/session.ts';
import type { Clock } from '../../system/host.ts';
import { childFile, type Fault, faultsFile, startsFile } from '../fixtures/powershell/faults.ts';
import { standInPowerShell } from '../helpers/stand-in-powershell.ts';
import {
  configOf,
  inProcessWith,
  type Json,
  type TrialNode,
  trialNode,
} from '../helpers/trial-node.ts';

import { faults } from './powershell-wrongs.ts';

/** What PowerShell does wrong, as a runtime sees it: the error, the leases, the processes. */

const env = { WINCNI_HNS: 'powershell', WINCNI_POWERSHELL: standInPowerShell };
const network = 'flannel.4096';
let node: TrialNode;

beforeEach(() => {
  node = trialNode('overlay', { env });
});
afterEach(async () => {
  await expect.poll(() => processes().filter(isAlive)).toEqual([]);
  node.remove();
});

/** Fires the deadline of that length at once, and no other. */
const expiring =
  (only: number): Clock['after'] =>
  (ms, expired) => {
    if (ms !== only) return () => undefined;
    const soon = setImmediate(expired);
    return () => clearImmediate(soon);
  };

function order(...faults: readonly Fault[]): void {
  writeFileSync(join(node.folder, 'hns', faultsFile), JSON.stringify(faults));
}

/** The pids of the PowerShell processes that were started. */
function processes(): number[] {
  const path = join(node.folder, 'hns', startsFile);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line).pid);
}

/** A process that has ended and waits for its parent to look is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const run = (command: string, changes: Json = {}, more: { readonly plugin?: string } = {}) =>
  node.run({
    plugin: 'flannel',
    command,
    config: { ...configOf(node, 'flannel-overlay', { cniVersion: '1.1.0' }), ...changes },
    ...more,
  });

describe('an ADD whose PowerShell', () => {
  it.each(faults)('%s: says so, and leaves nothing', async (_, list, code, said, remedy) => {
    // Each of HNS's retries meets it again.
    order(...list, ...[2, 4, 5, 6].flatMap((at) => list.map((fault) => ({ ...fault, at }))));
    const answer = await run('ADD');
    expect(answer).toMatchObject({ exitCode: 1, stderr: '', document: { code } });
    expect(answer.document?.['msg']).toContain(said);
    expect(answer.document?.['details']).toContain(remedy);
    expect(processes()).toHaveLength(1);
    await expectNothingLeft();
  });

  it.each<['start' | 'call' | 'session', Fault, string]>([
    ['start', { at: 'start', do: 'hang' }, 'PowerShell was not ready within 85 s'],
    ['call', { at: 1, do: 'hang' }, 'HNS did not answer within 60 s'],
    ['call', { at: 3, do: 'silence' }, 'HNS did not answer within 60 s'],
    ['session', { at: 3, do: 'hang' }, 'HNS took more than 100 s for one command'],
  ])('hangs is ended by the deadline of the %s: %o', async (stage, fault, said) => {
    const start = inProcessWith(expiring(usualDeadlines[stage]));
    node.remove();
    node = trialNode('overlay', { env, start });
    order(fault);
    const answer = await run('ADD');
    expect(answer).toMatchObject({ exitCode: 1, stderr: '', document: { code: 103 } });
    expect(answer.document?.['msg']).toContain(said);
    await expectNothingLeft();
  });

  it('answers a creation after the command’s time: it is undone in what was kept back', async () => {
    let calls = 0;
    // HNS's third answer is the creation's; PowerShell gives it when nobody waits for it any more.
    const overAtTheThird: Clock['after'] = (ms, act) => {
      if (ms !== 90_000 || ++calls !== 3) return () => undefined;
      const soon = setImmediate(() => {
        act();
        writeFileSync(join(node.folder, 'hns', 'go'), '');
      });
      return () => clearImmediate(soon);
    };
    node.remove();
    node = trialNode('overlay', { env, start: inProcessWith(overAtTheThird) });
    order({ at: 4, do: 'wait-for', file: 'go' });
    const answer = await run('ADD');
    expect(answer).toMatchObject({
      exitCode: 1,
      stderr: '',
      document: {
        code: 103,
        msg: expect.stringMatching(/^HNS did not answer within the 90 s .*: create endpoint/),
      },
    });
    const done = node.calls().filter(({ code }) => code === null);
    const operations = done.map(({ operation }) => operation);
    expect(operations).toEqual(expect.arrayContaining(['CreateEndpoint', 'DeleteEndpoint']));
    await expectNothingLeft();
    // It may be needed yet: DEL, which the runtime sends, removes it.
    expect(node.scratchFiles()).toEqual(['pod1']);
    expect(await run('DEL')).toMatchObject({ exitCode: 0 });
    expect(node.scratchFiles()).toEqual([]);
  });

  it('hangs and has children: they end with it', async () => {
    order({ at: 1, do: 'child' }, { at: 1, do: 'print', text: 'x\n' }, { at: 1, do: 'hang' });
    expect(await run('ADD')).toMatchObject({ exitCode: 1, document: { code: 102 } });
    const child = Number(readFileSync(join(node.folder, 'hns', childFile), 'utf8'));
    await vi.waitFor(() => expect(isAlive(child)).toBe(false));
    await expectNothingLeft();
  });

  it('is not there: says where it was looked for', async () => {
    node.remove();
    const gone = { ...env, WINCNI_POWERSHELL: '/nonexistent/powershell' };
    node = trialNode('overlay', { env: gone });
    const answer = await run('ADD');
    expect(answer).toMatchObject({ exitCode: 1, stderr: '', document: { code: 102 } });
    expect(answer.document?.['msg']).toContain('/nonexistent/powershell');
    expect(answer.document?.['details']).toContain('Windows PowerShell 5.1');
    await expectNothingLeft();
  });

  async function expectNothingLeft(): Promise<void> {
    expect(node.leases(network)).toEqual([]);
    expect(node.hns().endpoints).toEqual([]);
    await expect.poll(() => processes().filter(isAlive)).toEqual([]);
  }
});

describe('an ADD succeeds although PowerShell', () => {
  it.each<[string, readonly Fault[]]>([
    ['greets with noise', [{ at: 'ready', do: 'print', text: 'Welcome!\r\n' }]],
    ['writes to stderr', [{ at: 'ready', do: 'complain', text: 'a warning' }]],
    ['writes a few bytes at a time', [{ at: 'start', do: 'split', bytes: 7 }]],
    ['ends with a failure once all is done', [{ at: 'end', do: 'exit', code: 5 }]],
  ])('%s', async (_, list) => {
    order(...list);
    expect(await run('ADD')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(node.hns().endpoints).toHaveLength(1);
  });

  it('answers a megabyte, in all the letters there are', async () => {
    const name = 'Netz-ü-网络-😀-\u2028'.repeat(20);
    const others = Array.from({ length: 4_000 }, (_, index) => ({
      ID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      Name: `${name}${index}`,
      Type: 'Transparent',
      Ipams: [],
    }));
    node.setHns((state) => ({ ...state, networks: [...others, ...state.networks] }));
    expect(JSON.stringify(node.hns().networks).length).toBeGreaterThan(2 ** 20);
    expect(await run('ADD')).toMatchObject({ exitCode: 0, stderr: '' });
    node.setHns((state) => ({ ...state, networks: others.slice(0, 2), endpoints: [] }));
    const answer = await run('ADD');
    expect(answer.document).toMatchObject({ code: 11, details: expect.stringContaining(name) });
  });
});

describe('PowerShell is started', () => {
  it('once for a command that needs HNS', async () => {
    const starts: number[] = [];
    const counted = async (command: string, changes: Json = {}) => {
      const before = processes().length;
      const answer = await run(command, changes);
      expect(answer).toMatchObject({ exitCode: 0 });
      starts.push(processes().length - before);
      return answer.document ?? {};
    };
    const prevResult = await counted('ADD');
    await counted('CHECK', { prevResult });
    await counted('STATUS');
    await counted('GC', { 'cni.dev/valid-attachments': [{ containerID: 'pod1', ifname: 'eth0' }] });
    await counted('DEL', { prevResult });
    expect(starts).toEqual([1, 1, 1, 1, 1]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['VERSION', () => run('VERSION')],
    ['host-local', () => run('ADD', { ipam: ipam() }, { plugin: 'host-local' })],
    ['a flannel without subnet.env', () => run('ADD', { subnetFile: '/nonexistent/subnet.env' })],
    ['a flannel whose delegate is wrong', () => run('ADD', { delegate: { type: '../x' } })],
    ['a wrong configuration', () => run('ADD', { policies: 5 }, { plugin: 'win-overlay' })],
    ['an unknown command', () => run('UPDATE')],
    ['a GC that is not told who may stay', () => run('GC')],
  ])('never for %s', async (_, command) => {
    await command();
    expect(processes()).toEqual([]);
  });

  it('before the address is allocated, and waited for after it', async () => {
    // It is not ready until the lease is there: an ADD that waited for it first would never end.
    order({ at: 'ready', do: 'wait-for', file: `../networks/${network}/10.244.1.2` });
    expect(await run('ADD')).toMatchObject({ exitCode: 0 });
  });
});

describe('a DEL whose PowerShell fails', () => {
  it('keeps the lease, says so, and is repeated', async () => {
    await run('ADD');
    order({ at: 1, do: 'exit', code: 1 });
    expect(await run('DEL')).toMatchObject({ exitCode: 1, stderr: '', document: { code: 102 } });
    expect(node.leases(network)).toHaveLength(1);
    expect(node.scratchFiles()).toHaveLength(1);
    order();
    expect(await run('DEL')).toMatchObject({ exitCode: 0, document: undefined });
    expect(node.leases(network)).toEqual([]);
    expect(node.scratchFiles()).toEqual([]);
  });
});

function ipam(): Json {
  return { type: 'host-local', subnet: '10.9.0.0/24', dataDir: node.leaseFolder };
}

it.each([
  ['STATUS', {}, false],
  ['GC', { 'cni.dev/valid-attachments': [] }, false],
  ['ADD', {}, true],
  ['DEL', {}, true],
])(
  '%s loads the native functions, before anything is asked: as it needs them',
  async (command, keys, expected) => {
    const logFile = join(node.folder, 'log.jsonl');
    expect(await run(command, { ...keys, logFile })).toMatchObject({ exitCode: 0 });
    const steps = readFileSync(logFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).step);
    const native = steps.indexOf('powershell native');
    expect(native >= 0).toBe(expected);
    expect(native).toBeLessThan(steps.indexOf('hns'));
  },
);
