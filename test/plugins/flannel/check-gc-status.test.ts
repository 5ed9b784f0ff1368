import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CniError } from '../../../cni/error.ts';
import { failure } from '../../cni/trial.ts';
import { result, subnetEnv, trial } from './trial.ts';

const key = 'cni.dev/valid-attachments';
const valid = (...pairs: readonly (readonly [string, string])[]) => ({
  config: { [key]: pairs.map(([containerID, ifname]) => ({ containerID, ifname })) },
});

describe('CHECK', () => {
  it('hands on what ADD was told, and the prevResult of the request', async () => {
    const node = trial();
    await node.plugin.ADD(node.call('ADD'));
    const config = { prevResult: { ips: [] } };
    await node.plugin.CHECK(node.call('CHECK', { config }));
    expect(node.asked[1]).toMatchObject({ type: 'win-overlay', call: { command: 'CHECK' } });
    expect(node.asked[1]?.call.config).toEqual({ ...node.asked[0]?.call.config, ...config });
    expect(node.scratchNames()).toEqual(['pod1']);
  });

  it('leaves it to the delegate what another subnet means, and logs it', async () => {
    const node = trial();
    await node.plugin.ADD(node.call('ADD'));
    expect(node.steps).not.toContain('the node has another subnet now');
    node.writeSubnetEnv(subnetEnv.replace('10.244.1.1', '10.244.2.1'));
    await node.plugin.CHECK(node.call('CHECK'));
    expect(node.steps).toContain('the node has another subnet now');
    expect(node.asked[1]?.call.config).toMatchObject({ ipam: { subnet: '10.244.1.0/24' } });
  });

  it('without a scratch file builds the configuration again', async () => {
    const node = trial();
    await node.plugin.CHECK(node.call('CHECK'));
    expect(node.asked[0]?.call.config).toMatchObject({ ipam: { subnet: '10.244.1.0/24' } });
  });

  it('fails with the delegate', async () => {
    const differs = new CniError(100, 'the endpoint is gone');
    const node = trial({
      delegate: async () => {
        throw differs;
      },
    });
    expect(await failure(node.plugin.CHECK(node.call('CHECK')))).toBe(differs);
  });
});

describe('GC', () => {
  it('hands on who may stay, then forgets who is gone', async () => {
    const node = trial();
    const attachments = [
      ['pod1', 'eth0'],
      ['pod1', 'eth1'],
      ['pod2', 'eth0'],
    ] as const;
    for (const [containerId, ifName] of attachments) {
      await node.plugin.ADD(node.call('ADD', { containerId, ifName }));
    }
    const request = valid(['pod1', 'eth0']);
    await node.plugin.GC(node.call('GC', request));
    expect(node.asked.at(-1)).toMatchObject({ type: 'win-overlay', call: { command: 'GC' } });
    expect(node.asked.at(-1)?.call.config).toEqual({
      ...node.asked[0]?.call.config,
      ...request.config,
    });
    expect(node.scratchNames()).toEqual(['pod1']);
  });

  it.each([key, 'cni.dev/attachments'])(
    'tells the delegate that nobody is valid: %s',
    async (name) => {
      const node = trial();
      await node.plugin.ADD(node.call('ADD'));
      await node.plugin.GC(node.call('GC', { config: { [name]: null } }));
      expect(node.asked.at(-1)?.call.config).toHaveProperty([name], null);
      expect(node.scratchNames()).toEqual([]);
    },
  );

  it('leaves alone what is not beyond doubt a file of this network', async () => {
    const node = trial();
    const of = (name: string, more: object = {}) =>
      JSON.stringify({ cniVersion: '1.0.0', name, type: 'win-overlay', ...more });
    const foreign: Record<string, string> = {
      'another-network': of('other'),
      corrupt: of('cbr0').slice(0, 30),
      empty: '',
      'not-its-name': of('cbr0', { wincni: { sandbox: 'pod1', ifName: 'eth0' } }),
      'stays-by-reference': of('cbr0'),
      '.hidden': of('cbr0'),
      'with space': of('cbr0'),
      'no-type': JSON.stringify({ name: 'cbr0' }),
    };
    for (const [name, text] of Object.entries(foreign)) node.writeScratch(name, text);
    node.writeScratch('gone-by-reference', of('cbr0'));
    await node.plugin.GC(node.call('GC', valid(['STAYS-by-reference', 'any'])));
    expect(node.scratchNames()).toEqual(Object.keys(foreign).sort());
  });

  it('with nothing remembered and no folder succeeds', async () => {
    const node = trial();
    await node.plugin.GC(node.call('GC', valid()));
    expect(node.commands()).toEqual(['GC']);
  });

  it('without a list of who may stay touches nothing', async () => {
    const node = trial();
    await node.plugin.ADD(node.call('ADD'));
    await node.plugin.GC(node.call('GC'));
    expect(node.commands()).toEqual(['ADD', 'GC']);
    expect(node.scratchNames()).toEqual(['pod1']);
  });

  it('that fails in the delegate forgets nobody', async () => {
    const node = trial({
      delegate: async (_, call) => {
        if (call.command === 'GC') throw new CniError(102, 'no HNS');
        return result;
      },
    });
    await node.plugin.ADD(node.call('ADD'));
    expect((await failure(node.plugin.GC(node.call('GC', valid())))).message).toBe('no HNS');
    expect(node.scratchNames()).toEqual(['pod1']);
  });

  it('without subnet.env goes by what is remembered of this network, but for the pod itself', async () => {
    const node = trial();
    await node.plugin.ADD(node.call('ADD', { config: { runtimeConfig: { mac: '0E-2A' } } }));
    await node.plugin.ADD(node.call('ADD', { containerId: 'pod0', network: 'other' }));
    node.removeSubnetEnv();
    await node.plugin.GC(node.call('GC', valid()));
    expect(node.asked.at(-1)?.call.config).toMatchObject({
      name: 'cbr0',
      ipam: { subnet: '10.244.1.0/24' },
    });
    expect(node.asked.at(-1)?.call.config).not.toHaveProperty('runtimeConfig');
    expect(node.scratchNames()).toEqual(['pod0']);
  });

  it('with nothing to go by does what it can, and says so', async () => {
    const node = trial();
    node.removeSubnetEnv();
    const error = await failure(node.plugin.GC(node.call('GC', valid())));
    expect(error).toMatchObject({ code: 11, message: expect.stringContaining('knew no subnet') });
    expect(node.asked[0]?.call.config).toMatchObject({ ipam: { type: 'host-local' }, [key]: [] });
  });

  it('removes what was left unfinished over ten minutes ago, and nothing younger', async () => {
    const node = trial();
    const names = [0, 1, 61, 599, 601, 86_400].map((age) => {
      const name = `.wincni-1-abc-pod${age}`;
      node.writeScratch(name, 'half');
      const written = Date.now() / 1000 - age;
      utimesSync(join(node.dataDir, name), written, written);
      return name;
    });
    await node.plugin.GC(node.call('GC', valid()));
    expect(node.scratchNames()).toEqual(names.slice(0, 4).sort());
  });
});

describe('STATUS', () => {
  it('asks the delegate', async () => {
    const node = trial();
    await node.plugin.STATUS(node.call('STATUS'));
    expect(node.asked[0]).toMatchObject({ type: 'win-overlay', call: { command: 'STATUS' } });
    expect(node.asked[0]?.call.config).toMatchObject({ ipam: { subnet: '10.244.1.0/24' } });
  });

  it.each([
    ['missing', undefined, 'flanneld is not running'],
    ['half written', 'FLANNEL_NETWORK=10.244.0.0/16\n', 'is missing FLANNEL_SUBNET'],
    ['wrong', `${subnetEnv}FLANNEL_MTU=big\n`, 'FLANNEL_MTU'],
  ])('is code 50 when subnet.env is %s, and says what to do', async (_, env, message) => {
    const node = trial(env === undefined ? {} : { subnetEnv: env });
    if (env === undefined) node.removeSubnetEnv();
    const error = await failure(node.plugin.STATUS(node.call('STATUS')));
    expect(error).toMatchObject({ code: 50, message: expect.stringContaining(message) });
    expect(error.details).toContain('flanneld');
    expect(node.asked).toEqual([]);
  });

  it('passes on that the delegate is not ready', async () => {
    const limited = new CniError(51, 'few addresses');
    const node = trial({
      delegate: async () => {
        throw limited;
      },
    });
    expect(await failure(node.plugin.STATUS(node.call('STATUS')))).toBe(limited);
  });
});
