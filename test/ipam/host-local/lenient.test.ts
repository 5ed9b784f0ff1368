import { describe, expect, it } from 'vitest';
import { trial } from './trial.ts';

describe('DEL and GC read dataDir, and nothing else that ADD refuses', () => {
  it.each<[string, object, object]>([
    ['subnet: 7', { subnet: 7 }, {}],
    ['no ranges', {}, {}],
    ['a flat list of ranges', { ranges: [{ subnet: '10.1.2.0/29' }] }, {}],
    ['ranges of the wrong type', { ranges: 'all' }, {}],
    ['a range end that is none', { subnet: '10.1.2.0/29', rangeEnd: 'x' }, {}],
    ['routes that are none', { subnet: '10.1.2.0/29', routes: [7] }, {}],
    ['resolvConf: 7', { subnet: '10.1.2.0/29', resolvConf: 7 }, {}],
    ['reserved that is no list', { subnet: '10.1.2.0/29', reserved: 'x' }, {}],
    ['runtimeConfig that is a list', { subnet: '10.1.2.0/29' }, { runtimeConfig: [] }],
    ['ips that are none', { subnet: '10.1.2.0/29' }, { runtimeConfig: { ips: [7] } }],
    ['ipRanges that are none', { subnet: '10.1.2.0/29' }, { runtimeConfig: { ipRanges: 7 } }],
    ['args that are a text', { subnet: '10.1.2.0/29' }, { args: 'IP=10.1.2.3' }],
  ])('%s', async (_, ipam, config) => {
    const node = trial();
    expect(await node.add()).toEqual(['10.1.2.2/29']);
    expect(await node.add({ containerId: 'pod2' })).toEqual(['10.1.2.3/29']);
    const asking = { ipam: { ...ipam }, config: { ...config } };
    expect(await node.code('ADD', { ...asking, containerId: 'pod3' })).toBe(7);
    const valid = { 'cni.dev/valid-attachments': [{ containerID: 'pod1', ifname: 'eth0' }] };
    expect(await node.code('GC', { ...asking, config: { ...config, ...valid } })).toBe(0);
    expect(node.leases()).toEqual(['10.1.2.2']);
    expect(await node.code('DEL', asking)).toBe(0);
    expect(node.leases()).toEqual([]);
  });
});

describe('runtimeConfig.ipRanges as go-cni hands it on, a flat list', () => {
  const flat = [{ Subnet: '10.7.0.0/30' }, { subnet: '10.8.0.0/30' }];

  it('is one set of ranges', async () => {
    const node = trial();
    const asking = { ipam: {}, config: { runtimeConfig: { ipRanges: flat } } };
    expect(await node.add(asking)).toEqual(['10.7.0.2/30']);
    expect(await node.add({ ...asking, containerId: 'pod2' })).toEqual(['10.8.0.2/30']);
    expect(await node.add({ ...asking, containerId: 'pod3' })).toBe(110);
    expect(await node.code('CHECK', asking)).toBe(0);
  });

  it.each<[string, unknown, string]>([
    [
      'a range that is wrong',
      [{ subnet: 7 }],
      'runtimeConfig.ipRanges[0][0].subnet: expected string, found 7',
    ],
    [
      'a set among ranges',
      [...flat, flat],
      'runtimeConfig.ipRanges[0]: expected array, found an object',
    ],
    [
      'no list',
      { subnet: '10.7.0.0/30' },
      'runtimeConfig.ipRanges: expected array, found an object',
    ],
  ])('is refused with %s', async (_, ipRanges, problem) => {
    const config = { runtimeConfig: { ipRanges } };
    const { document } = await trial().run('ADD', { ipam: {}, config });
    expect(document).toMatchObject({ code: 7, msg: `invalid network configuration: ${problem}` });
  });

  it('is none when it is empty', async () => {
    const config = { runtimeConfig: { ipRanges: [] } };
    expect(await trial().add({ config })).toEqual(['10.1.2.2/29']);
  });
});
