import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAddress, parseCidr } from '../../cni/address.ts';
import type { Command } from '../../cni/commands.ts';
import { CniError } from '../../cni/error.ts';
import type { JsonObject } from '../../cni/json-object.ts';
import type { Delegate } from '../../cni/plugin.ts';
import { callPlugin } from '../../cni/run.ts';
import { askIpam, openAddressSource } from '../../ipam/address-source.ts';
import { hostLocal } from '../../ipam/host-local/plugin.ts';
import { callOf, failure, hostOf, result, tempFolder, thrownBy } from '../cni/trial.ts';

/** Addresses as values. */
const values = (...texts: readonly string[]) =>
  texts.map((text) => parseAddress(text) ?? never(text));

function never(text: string): never {
  throw new Error(`no address: ${text}`);
}

const usually: Delegate = async (_, call) => (call.command === 'ADD' ? result : undefined);

/** The source that a configuration names, and what a delegate of its was asked. */
function sourceOf(ipam: JsonObject['ipam'], delegate: Delegate = usually, host = hostOf()) {
  const asked: string[] = [];
  const config = { cniVersion: '1.1.0', name: 'cbr0', ...(ipam === undefined ? {} : { ipam }) };
  const recording: Delegate = async (type, call) => {
    asked.push(`${type} ${call.command}`);
    // As in the product: host-local is the plugin of that name, in this process.
    if (type === 'host-local') return callPlugin(hostLocal(host), call);
    return delegate(type, call);
  };
  const open = () => openAddressSource({ host, delegate: recording }, callOf('ADD', { config }));
  const ask = (command: Command) => askIpam(recording, callOf(command, { config }));
  return { ask, asked, open };
}

const others: readonly Command[] = ['CHECK', 'GC', 'STATUS', 'DEL'];

describe('HNS itself', () => {
  it.each([[undefined], [{}], [{ type: '' }], [{ type: null }], [{ subnet: '10.1.2.0/24' }]])(
    'gives addresses where ipam is %j, and is not asked',
    async (ipam) => {
      const { ask, asked, open } = sourceOf(ipam);
      const source = open();
      expect(await source.allocate([])).toBeUndefined();
      expect(await source.holds(values('10.1.2.3'))).toBe(true);
      await source.release(values('10.1.2.3'));
      for (const command of others) await ask(command);
      expect(asked).toEqual([]);
    },
  );

  it('does not where ipam.type is no text', async () => {
    const { ask, open } = sourceOf({ type: 7 });
    expect(thrownBy(open)).toMatchObject({ code: 7 });
    expect(await failure(ask('DEL'))).toMatchObject({ code: 7 });
  });
});

describe('host-local', () => {
  it('is asked in this process, and gives nothing that is reserved', async () => {
    const dataDir = tempFolder();
    const { ask, asked, open } = sourceOf({ TYPE: 'host-local', subnet: '10.1.2.0/29', dataDir });
    const source = open();
    expect(await source.allocate(values('10.1.2.2', '10.1.2.3'))).toMatchObject({
      ips: [{ cidr: parseCidr('10.1.2.4/29'), gateway: values('10.1.2.1')[0] }],
      allocated: values('10.1.2.4'),
    });
    expect(await source.allocate([])).toMatchObject({ allocated: [] });
    expect(await source.holds(values('10.1.2.4'))).toBe(true);
    expect(await source.holds(values('10.1.2.4', '10.1.2.5'))).toBe(false);
    expect(asked).toEqual([]);
    await ask('CHECK');
    await ask('STATUS');
    expect(asked).toEqual(['host-local CHECK', 'host-local STATUS']);
  });

  it.each(['Host-Local', 'HOST-LOCAL', 'host-local.exe', 'Host-Local.EXE'])(
    'is meant by %s, too',
    async (type) => {
      const dataDir = tempFolder();
      const { ask, asked, open } = sourceOf({ type, subnet: '10.1.2.0/29', dataDir });
      expect(await open().allocate(values('10.1.2.2'))).toMatchObject({
        allocated: values('10.1.2.3'),
      });
      expect(asked).toEqual([]);
      await ask('DEL');
      expect(asked).toEqual([`${type} DEL`]);
    },
  );

  it('gives back the addresses it is told, or all', async () => {
    const dataDir = tempFolder();
    const ipam = {
      type: 'host-local',
      ranges: [[{ subnet: '10.1.2.0/29' }], [{ subnet: 'fd00::/64' }]],
    };
    const { ask, open } = sourceOf({ ...ipam, dataDir });
    const source = open();
    const leases = () => readdirSync(join(dataDir, 'cbr0')).filter((name) => /^[\df]/.test(name));
    await source.allocate([]);
    await source.release(values('FD00:0::2'));
    expect(leases()).toEqual(['10.1.2.2']);
    await ask('DEL');
    expect(leases()).toEqual([]);
  });
});

describe('the configuration of host-local', () => {
  /** A configuration, and how often its `dataDir` was looked at. */
  function watched(more: JsonObject) {
    const looks = { count: 0 };
    const dataDir = tempFolder();
    const ipam = {
      type: 'host-local',
      ...more,
      get dataDir() {
        looks.count++;
        return dataDir;
      },
    };
    return { ipam, looks };
  }

  it('is read once a command, and the folder made once, however often the source is asked', async () => {
    const { ipam, looks } = watched({ subnet: '10.1.2.0/29' });
    const host = hostOf();
    const made: string[] = [];
    const makeFolder = (path: string) => {
      made.push(path);
      host.files.makeFolder(path);
    };
    const files = { ...host.files, makeFolder };
    const source = sourceOf(ipam, usually, { ...host, files }).open();
    const read = looks.count;
    expect(read).toBeGreaterThan(0);
    await source.allocate([]);
    await source.allocate(values('10.1.2.2'));
    await source.holds(values('10.1.2.2'));
    await source.release(values('10.1.2.2'));
    expect(looks.count).toBe(read);
    // Claims have a folder in it, made when a lease is given back.
    expect(made.filter((path) => !path.endsWith('/.claims'))).toHaveLength(1);
  });

  it('says what is wrong with it before anything is done', async () => {
    const { ask, open } = sourceOf({ type: 'host-local', dataDir: 7 });
    expect(thrownBy(open)).toMatchObject({ code: 7 });
    for (const command of others) expect(await failure(ask(command))).toMatchObject({ code: 7 });
  });

  it('makes no folder for a request that is wrong', async () => {
    const dataDir = join(tempFolder(), 'networks');
    const { ask, open } = sourceOf({ type: 'host-local', dataDir, subnet: '10.1.2.0/31' });
    expect(thrownBy(open)).toMatchObject({ code: 7 });
    expect(await failure(ask('CHECK'))).toMatchObject({ code: 7 });
    expect(existsSync(dataDir)).toBe(false);
  });

  it('need not have ranges for what gives back', async () => {
    const { ask, open } = sourceOf(watched({}).ipam);
    await ask('DEL');
    await ask('GC');
    expect(thrownBy(open)).toMatchObject({ code: 7 });
    expect(await failure(ask('STATUS'))).toMatchObject({ code: 7 });
  });
});

describe('another executable', () => {
  it('is asked every command, and writes its own leases', async () => {
    const dataDir = join(tempFolder(), 'none');
    const { ask, asked, open } = sourceOf({ type: 'azure-vnet-ipam', dataDir });
    const source = open();
    expect(await source.allocate(values('10.1.2.2'))).toEqual({
      ips: [{ cidr: parseCidr('10.244.1.5/24'), gateway: values('10.244.1.1')[0] }],
      routes: [{ destination: parseCidr('0.0.0.0/0'), nextHop: values('10.244.1.1')[0] }],
      dns: {},
      allocated: values('10.244.1.5'),
    });
    await source.release(values('10.244.1.5'));
    for (const command of others) await ask(command);
    const commands = ['ADD', 'DEL', ...others];
    expect(asked).toEqual(commands.map((command) => `azure-vnet-ipam ${command}`));
    expect(existsSync(dataDir)).toBe(false);
  });

  it('is told DEL when its ADD failed, and the first failure is the answer', async () => {
    const { asked, open } = sourceOf({ type: 'other' }, async (_, call) => {
      throw new CniError(11, `${call.command} failed`);
    });
    expect(await failure(open().allocate([]))).toMatchObject({ code: 11, message: 'ADD failed' });
    expect(asked).toEqual(['other ADD', 'other DEL']);
  });

  it.each([[undefined], [{ ...result, ips: [] }]])(
    'must answer an address, not %j',
    async (answer) => {
      const { asked, open } = sourceOf({ type: 'other' }, async () => answer);
      expect(await failure(open().allocate([]))).toMatchObject({ code: 121 });
      expect(asked).toEqual(['other ADD', 'other DEL']);
    },
  );
});
