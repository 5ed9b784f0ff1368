import { delimiter } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Json, sandboxes } from '../../helpers/trial-node.ts';
import { type IpamActs, silent, trial } from './trial.ts';

const one = { cniVersion: '1.0.0', ips: [{ address: '10.240.0.15/16', gateway: '10.240.0.1' }] };
const refusal = (code: number, msg: string) => ({
  exitCode: 1,
  says: { cniVersion: '1.0.0', code, msg, details: 'why it was' },
});

const place = (acts: IpamActs = {}) =>
  trial({
    conf: 'sdnbridge',
    fixture: 'every-type',
    keys: { cniVersion: '1.1.0' },
    ipam: { ADD: { says: one }, ...acts },
  });
const commands = (play: ReturnType<typeof place>) => play.ipamCalls().map(({ command }) => command);

describe('an IPAM executable', () => {
  it('is given every command, with the configuration and the environment', async () => {
    const play = place();
    const env = { TRACEPARENT: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    const list = { 'cni.dev/valid-attachments': [{ containerID: 'pod1', ifname: 'eth0' }] };
    const prevResult = await play.added({}, { env });
    expect(await play.run('CHECK', { prevResult }, { env })).toEqual(silent);
    expect(await play.run('STATUS', {}, { env })).toEqual(silent);
    expect(await play.run('GC', list, { env })).toEqual(silent);
    expect(await play.run('DEL', { prevResult }, { env })).toEqual(silent);
    const calls = play.ipamCalls();
    expect(commands(play)).toEqual(['ADD', 'CHECK', 'STATUS', 'GC', 'DEL']);
    for (const call of calls) {
      expect(call.config).toMatchObject({
        cniVersion: '1.1.0',
        name: 'azure',
        ipam: { type: 'azure-vnet-ipam', environment: 'azure', subnet: '10.240.0.0/16' },
      });
      expect(call.env).toMatchObject({ ...env, CNI_PATH: play.node.folder });
    }
    const attachment = { CNI_CONTAINERID: 'pod1', CNI_IFNAME: 'eth0', CNI_NETNS: sandboxes.first };
    for (const index of [0, 1, 4]) expect(calls[index]?.env).toMatchObject(attachment);
    for (const index of [1, 4]) expect(calls[index]?.config).toMatchObject({ prevResult });
    expect(calls[3]?.config).toMatchObject(list);
  });

  it.each<[string, Json]>([
    [
      '0.2.0',
      {
        cniVersion: '0.2.0',
        ip4: { ip: '10.240.0.15/16', routes: [{ dst: '0.0.0.0/0', gw: '10.240.0.1' }] },
        dns: {},
      },
    ],
    [
      '0.2.0, the gateway with the address',
      { cniVersion: '0.2.0', ip4: { ip: '10.240.0.15/16', gateway: '10.240.0.1' } },
    ],
    [
      '0.3.1',
      {
        cniVersion: '0.3.1',
        ips: [{ version: '4', address: '10.240.0.15/16', gateway: '10.240.0.1' }],
        routes: [{ dst: '10.0.0.0/8', gw: '10.240.0.9' }],
      },
    ],
    ['1.0.0', one],
    ['no version', { ip4: { ip: '10.240.0.15/16', gateway: '10.240.0.1' } }],
  ])('may answer in the shape of %s', async (_, says) => {
    const play = place({ ADD: { says } });
    expect(await play.added()).toMatchObject({
      ips: [{ address: '10.240.0.15/16', gateway: '10.240.0.1', interface: 0 }],
      routes: [{ dst: '0.0.0.0/0', gw: '10.240.0.1' }],
    });
    expect(play.pod()).toMatchObject({
      IpConfigurations: [{ IpAddress: '10.240.0.15' }],
      Routes: [{ NextHop: '10.240.0.1', DestinationPrefix: '0.0.0.0/0' }],
    });
  });

  it('is used whole: every address, and DNS settings where the configuration has none', async () => {
    const says = {
      cniVersion: '1.0.0',
      ips: [
        { address: '10.244.7.30/24', gateway: '10.244.7.1' },
        { address: 'fd00:10:244:7::30/64', gateway: 'fd00:10:244:7::1' },
      ],
      dns: { nameservers: ['10.9.9.9'], search: ['lan'], domain: 'lan', options: ['ndots:2'] },
    };
    const play = trial({
      conf: 'sdnbridge',
      fixture: 'every-type',
      keys: {
        name: 'dual',
        cniVersion: '1.1.0',
        dns: { search: ['svc.cluster.local'] },
        optionalFlags: { enableDualStack: true },
      },
      ipam: { ADD: { says } },
    });
    const prevResult = await play.added();
    expect(prevResult).toMatchObject({
      ips: [
        { address: '10.244.7.30/24', interface: 0 },
        { address: 'fd00:10:244:7::30/64', interface: 0 },
      ],
      dns: { ...says.dns, search: ['svc.cluster.local'] },
    });
    expect(play.pod()).toMatchObject({
      IpConfigurations: [{ IpAddress: '10.244.7.30' }, { IpAddress: 'fd00:10:244:7::30' }],
      Routes: [{ NextHop: '10.244.7.1' }, { NextHop: 'fd00:10:244:7::1' }],
      Dns: {
        ServerList: ['10.9.9.9'],
        Search: ['svc.cluster.local'],
        Domain: 'lan',
        Options: ['ndots:2'],
      },
    });
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });

  it('is not asked twice for a pod that has its endpoint', async () => {
    const play = place();
    const first = await play.added();
    expect(await play.added()).toEqual(first);
    expect(commands(play)).toEqual(['ADD']);
  });

  it.each<[string, IpamActs, Json]>([
    [
      'that fails',
      { ADD: refusal(104, 'no address left in 10.240.0.0/16') },
      { code: 104, msg: 'no address left in 10.240.0.0/16', details: 'why it was' },
    ],
    [
      'that answers no address',
      { ADD: { says: { cniVersion: '1.0.0' } } },
      { code: 121, msg: 'IPAM plugin azure-vnet-ipam answered no address' },
    ],
    [
      'that answers what is no address',
      { ADD: { says: { cniVersion: '1.0.0', ips: [{ address: '10.240.0.15' }] } } },
      { code: 121 },
    ],
    [
      'that answers an address of another network',
      { ADD: { says: { cniVersion: '1.0.0', ips: [{ address: '172.16.0.3/24' }] } } },
      { code: 101, details: expect.stringContaining('in no subnet of the network') },
    ],
  ])('%s is told DEL, and its pod gets nothing', async (_, acts, error) => {
    const play = place(acts);
    const answer = await play.run('ADD');
    expect(answer).toMatchObject({ exitCode: 1, document: error, stderr: '' });
    expect(commands(play)).toEqual(['ADD', 'DEL']);
    expect(play.pods()).toEqual([]);
  });

  it('is told DEL when HNS refuses, and its own failure then is not the answer', async () => {
    const play = place({ DEL: refusal(105, 'cannot give it back') });
    play.node.orderFaults([{ operation: 'CreateEndpoint', code: '0x803B000D' }]);
    expect((await play.run('ADD')).document).toMatchObject({ code: 101 });
    expect(commands(play)).toEqual(['ADD', 'DEL']);
  });

  it('is not asked for another when HNS says that its address is taken', async () => {
    const play = place();
    play.node.orderFaults([{ operation: 'CreateEndpoint', code: '0x803B002F' }]);
    expect((await play.run('ADD')).document).toMatchObject({ code: 101 });
    expect(commands(play)).toEqual(['ADD', 'DEL']);
  });

  it('is told DEL after the endpoint is gone, and its failure is told', async () => {
    const play = place({ DEL: refusal(105, 'cannot give it back') });
    await play.added();
    play.node.orderFaults([{ operation: 'DeleteEndpoint', code: '0x80004005', times: 1 }]);
    expect((await play.run('DEL')).document).toMatchObject({ code: 101 });
    expect(commands(play)).toEqual(['ADD']);
    expect((await play.run('DEL')).document).toMatchObject({
      code: 105,
      msg: 'cannot give it back',
    });
    expect(play.pods()).toEqual([]);
    play.ipamDoes({});
    expect(await play.run('DEL')).toEqual(silent);
    expect(commands(play)).toEqual(['ADD', 'DEL', 'DEL']);
  });

  it.each(['CHECK', 'STATUS', 'GC'])('fails %s with its own error', async (command) => {
    const play = place({ [command]: refusal(51, 'nearly full') });
    const prevResult = await play.added();
    const answer = await play.run(command, { prevResult, 'cni.dev/valid-attachments': [] });
    expect(answer.document).toMatchObject({ code: 51, msg: 'nearly full', details: 'why it was' });
  });

  it('is asked for its STATUS only when the network is there', async () => {
    const play = place();
    const keys = { name: 'gone', createNetwork: false, type: 'win-bridge' };
    const answer = await play.run('STATUS', keys, { plugin: 'win-bridge' });
    expect(answer.document).toMatchObject({ code: 50 });
    expect(commands(play)).toEqual([]);
  });

  it('keeps the lease of an endpoint that GC could not delete', async () => {
    const play = place();
    await play.added();
    play.node.orderFaults([{ operation: 'DeleteEndpoint', code: '0x80004005' }]);
    const answer = await play.run('GC', { 'cni.dev/valid-attachments': [] });
    expect(answer.document).toMatchObject({ code: 101 });
    expect(commands(play)).toEqual(['ADD']);
  });

  it.each<[string, string, number, string]>([
    ['is missing', 'no-such-ipam', 120, 'failed to find plugin "no-such-ipam" in path'],
    ['is a path', '../../bin/sh', 7, "not a plugin's type"],
    ['is a folder', 'hns', 120, 'failed to find plugin "hns"'],
  ])('that %s is complained of, and nothing was made', async (_, type, code, words) => {
    const play = place();
    const ipam = { ipam: { type } };
    const answer = await play.run('ADD', ipam, { env: { CNI_PATH: `${play.node.folder}` } });
    expect(answer.document).toMatchObject({ code, msg: expect.stringContaining(words) });
    expect(play.pods()).toEqual([]);
  });

  it('is looked for in every folder of CNI_PATH', async () => {
    const play = place();
    const CNI_PATH = ['/nonexistent', 'relative', play.node.folder].join(delimiter);
    expect(await play.added({}, { env: { CNI_PATH } })).toMatchObject({ ips: [{}] });
  });
});
