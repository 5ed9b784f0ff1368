import { describe, expect, it } from 'vitest';
import { trial } from './trial.ts';

describe('a requested address', () => {
  const wide = { subnet: '10.1.2.0/24' };
  const address = '10.1.2.77';

  it.each([
    ['runtimeConfig.ips', { config: { runtimeConfig: { ips: [address] } } }],
    [
      'runtimeConfig.ips, with a prefix length',
      { config: { runtimeConfig: { ips: [`${address}/24`] } } },
    ],
    ['args.cni.ips', { config: { args: { cni: { ips: [address] } } } }],
    ['CNI_ARGS', { args: `IgnoreUnknown=1;IP=${address};K8S_POD_NAME=a` }],
    ['CNI_ARGS, written as IPv6 does', { args: `IP=::ffff:${address}` }],
    [
      'all of them, once',
      {
        args: `IP=${address}`,
        config: { args: { cni: { ips: [address] } }, runtimeConfig: { ips: [address] } },
      },
    ],
  ])('is given: %s', async (_, asking) => {
    const node = trial();
    expect(await node.add({ ipam: wide, ...asking })).toEqual([`${address}/24`]);
    expect(node.leases()).toEqual([address]);
  });

  it('is given from the ranges the runtime says', async () => {
    const node = trial();
    const config = {
      runtimeConfig: {
        ips: ['10.7.0.7'],
        ipRanges: [[{ subnet: '10.7.0.0/24', gateway: '10.7.0.254' }]],
      },
    };
    expect(await node.add({ ipam: wide, config })).toEqual(['10.7.0.7/24', '10.1.2.2/24']);
  });

  it('is given from each set, and the others give what is next', async () => {
    const node = trial();
    const ranges = [[wide], [{ subnet: 'fd00::/64' }], [{ subnet: '10.8.0.0/24' }]];
    const config = { runtimeConfig: { ips: ['fd00:0::0:4d', '10.1.2.9'] } };
    expect(await node.add({ ipam: { ranges }, config })).toEqual([
      '10.1.2.9/24',
      'fd00::4d/64',
      '10.8.0.2/24',
    ]);
  });

  it('is given again to who has it', async () => {
    const node = trial();
    await node.add({ ipam: wide, args: `IP=${address}` });
    expect(await node.add({ ipam: wide, args: `IP=${address}` })).toEqual([`${address}/24`]);
  });

  it('is where the next one is looked for from', async () => {
    const node = trial();
    await node.add({ ipam: wide, args: 'IP=10.1.2.77' });
    expect(await node.add({ ipam: wide, containerId: 'pod2' })).toEqual(['10.1.2.78/24']);
    expect(node.read('last_reserved_ip.0')).toBe('10.1.2.78');
  });

  it('is refused to who has another, and what it has stays', async () => {
    const node = trial();
    await node.add({ ipam: wide, args: 'IP=10.1.2.77' });
    const { document } = await node.run('ADD', { ipam: wide, args: 'IP=10.1.2.78' });
    expect(document).toEqual({
      cniVersion: '1.1.0',
      code: 111,
      msg: '10.1.2.77 has been allocated to pod1 (eth0), which now asks for 10.1.2.78',
      details: 'delete the pod first: DEL gives an address back',
    });
    expect(node.leases()).toEqual(['10.1.2.77']);
    expect(await node.add({ ipam: wide })).toEqual(['10.1.2.77/24']);
  });

  it('is given where an abandoned file stands', async () => {
    const node = trial();
    node.write(address, '', 61);
    expect(await node.add({ ipam: wide, args: `IP=${address}` })).toEqual([`${address}/24`]);
    expect(node.read(address)).toBe('pod1\r\neth0');
  });

  it.each([
    [
      'taken',
      '10.1.2.50',
      111,
      'requested IP address 10.1.2.50 is not available in range set 10.1.2.1-10.1.2.254',
      'its lease is held by other',
    ],
    [
      'taken by another interface',
      '10.1.2.51',
      111,
      'requested IP address 10.1.2.51 is not available in range set 10.1.2.1-10.1.2.254',
      'its lease is held by pod1',
    ],
    [
      'taken, being written',
      '10.1.2.52',
      111,
      'requested IP address 10.1.2.52 is not available in range set 10.1.2.1-10.1.2.254',
      'its lease is held by nobody known',
    ],
    ['the gateway', '10.1.2.1', 111, "requested ip 10.1.2.1 is subnet's gateway", undefined],
    [
      'reserved',
      '10.1.2.60',
      111,
      'requested IP address 10.1.2.60 is reserved',
      expect.stringContaining('bridge'),
    ],
    [
      'the network address',
      '10.1.2.0',
      7,
      'failed to allocate all requested IPs: 10.1.2.0',
      expect.any(String),
    ],
    [
      'the broadcast address',
      '10.1.2.255',
      7,
      'failed to allocate all requested IPs: 10.1.2.255',
      expect.any(String),
    ],
    [
      'of no range',
      '10.1.3.1',
      7,
      'failed to allocate all requested IPs: 10.1.3.1',
      'each must be of another set of ranges: 10.1.2.1-10.1.2.254',
    ],
    [
      'no address',
      '10.1.2',
      7,
      'invalid network configuration: CNI_ARGS IP: expected an IP address, found "10.1.2"',
      undefined,
    ],
    [
      'no address, though it has a prefix length',
      '10.1.2/24',
      7,
      'invalid network configuration: CNI_ARGS IP: expected an IP address, found "10.1.2/24"',
      undefined,
    ],
    [
      'with a prefix length that is none',
      '10.1.2.9/x',
      7,
      'invalid network configuration: CNI_ARGS IP: expected an IP address, found "10.1.2.9/x"',
      undefined,
    ],
  ])('is refused: %s', async (_, asked, code, msg, details) => {
    const node = trial();
    node.write('10.1.2.50', 'other\r\neth0');
    node.write('10.1.2.51', 'pod1\r\nnet1');
    node.write('10.1.2.52', '');
    const before = node.leases();
    const range = { ...wide, reserved: ['10.1.2.60'] };
    const { document } = await node.run('ADD', { ipam: range, args: `IP=${asked}` });
    expect(document).toEqual({ cniVersion: '1.1.0', code, msg, ...(details ? { details } : {}) });
    expect(node.leases()).toEqual(before);
  });

  it('is refused beside another of the same set, and nothing is taken', async () => {
    const node = trial();
    const config = { runtimeConfig: { ips: ['10.1.2.9', '10.1.2.8', '10.1.2.7'] } };
    const { document } = await node.run('ADD', { ipam: wide, config });
    expect(document).toMatchObject({
      code: 7,
      msg: 'failed to allocate all requested IPs: 10.1.2.8 10.1.2.7',
    });
    expect(node.leases()).toEqual([]);
  });
});
