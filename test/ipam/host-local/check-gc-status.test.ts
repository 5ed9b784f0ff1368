import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { previous, type Trial, trial } from './trial.ts';

describe('CHECK', () => {
  it.each([
    ['the lease is there', {}],
    ['prevResult names it', { prevResult: previous('10.1.2.2/29') }],
    [
      'prevResult has other plugins’ addresses too',
      { prevResult: previous('10.9.9.9/24', '10.1.2.2/29') },
    ],
    ['the version is 0.4.0', { cniVersion: '0.4.0' }],
  ])('is content when %s', async (_, config) => {
    const node = trial();
    await node.add();
    expect(await node.run('CHECK', { config })).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
    expect(node.leases()).toEqual(['10.1.2.2']);
  });

  it.each([
    ['nobody’s', {}, {}, 'failed to find an address of container pod9'],
    [
      'gone',
      {},
      { prevResult: previous('10.1.2.3/29') },
      'the lease of 10.1.2.3 is not held by pod9',
    ],
    [
      'another pod’s',
      {},
      { prevResult: previous('10.1.2.2/29') },
      'the lease of 10.1.2.2 is not held by pod9',
    ],
    [
      'another interface’s',
      { containerId: 'pod1', ifName: 'net1' },
      {},
      'failed to find an address of container pod1',
    ],
    [
      'one of two gone',
      { containerId: 'pod1' },
      { prevResult: previous('10.1.2.2/29', '10.1.2.4/29') },
      'the lease of 10.1.2.4 is not held by pod1',
    ],
  ])('says that a lease is %s', async (_, asking, config, msg) => {
    const node = trial();
    await node.add();
    const { document } = await node.run('CHECK', { containerId: 'pod9', ...asking, config });
    expect(document).toMatchObject({ code: 112, msg, details: expect.any(String) });
  });

  it('names who holds the lease', async () => {
    const node = trial();
    node.write('10.1.2.2', 'pod1');
    node.write('10.1.2.3', 'pod1\r\nnet1');
    const details = async (address: string) => {
      const config = { prevResult: previous(address) };
      return (await node.run('CHECK', { containerId: 'pod9', config })).document['details'];
    };
    expect(await details('10.1.2.2/29')).toBe('it is held by pod1');
    expect(await details('10.1.2.3/29')).toBe('it is held by pod1, net1');
    expect(await details('10.1.2.4/29')).toContain('may be given to another pod');
  });

  it('is not of 0.3.1', async () => {
    expect(await trial().code('CHECK', { config: { cniVersion: '0.3.1' } })).toBe(1);
  });
});

describe('GC', () => {
  const attachments = [
    { containerID: 'pod1', ifname: 'eth0' },
    { containerID: 'pod3', ifname: 'eth0' },
  ];

  function crowded(): Trial {
    const node = trial();
    node.write('10.1.2.2', 'pod1\r\neth0');
    node.write('10.1.2.3', 'pod1\r\nnet1');
    node.write('10.1.2.4', 'pod2\r\neth0');
    node.write('10.1.2.5', 'pod3');
    node.write('10.1.2.6', 'dummy\r\nvEthernet (HNS Internal NIC)');
    node.write('fd00::9', 'pod2\r\neth0');
    return node;
  }

  it('gives back what is no valid attachment, whatever the range; never the source address', async () => {
    const node = crowded();
    const config = { 'cni.dev/valid-attachments': attachments };
    expect(await node.run('GC', { config })).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(node.leases()).toEqual(['10.1.2.2', '10.1.2.5', '10.1.2.6']);
  });

  it.each([
    ['an empty list', []],
    ['null, Go’s empty list', null],
  ])('with %s leaves the source address alone', async (_, list) => {
    const node = crowded();
    expect(await node.code('GC', { config: { 'cni.dev/valid-attachments': list } })).toBe(0);
    expect(node.leases()).toEqual(['10.1.2.6']);
  });

  it('takes the list under its first name too', async () => {
    const node = crowded();
    await node.code('GC', { config: { 'cni.dev/attachments': attachments } });
    expect(node.leases()).toEqual(['10.1.2.2', '10.1.2.5', '10.1.2.6']);
  });

  it('without a list removes no lease', async () => {
    const node = crowded();
    expect(await node.code('GC')).toBe(0);
    expect(node.leases()).toHaveLength(6);
  });

  it.each([
    ['no list', 'pod1'],
    ['an entry without interface', [{ containerID: 'pod1' }]],
    ['an entry that is no object', ['pod1']],
    ['an entry of numbers', [{ containerID: 1, ifname: 2 }]],
  ])('with %s removes nothing, for it might be a running pod’s', async (_, list) => {
    const node = crowded();
    expect(await node.code('GC', { config: { 'cni.dev/valid-attachments': list } })).toBe(7);
    expect(node.leases()).toHaveLength(6);
  });

  it('sweeps up empty leases and what killed processes left, once they are old', async () => {
    const node = trial();
    node.write('10.1.2.2', '', 61);
    node.write('10.1.2.3', '', 30);
    node.write('10.1.2.4', '\0\0\0\0', 61);
    node.write('.wincni-5-old', 'pod9\r\neth0', 601);
    node.write('.wincni-5-new', 'pod9\r\neth0', 30);
    node.write('last_reserved_ip.0', '10.1.2.4', 9999);
    node.write('lock', '', 9999);
    expect(await node.code('GC')).toBe(0);
    expect(readdirSync(node.leaseFolder).sort()).toEqual([
      '.wincni-5-new',
      '10.1.2.3',
      'last_reserved_ip.0',
      'lock',
    ]);
  });

  it('goes on after a lease that cannot be read, and tells of it', async () => {
    const node = crowded();
    mkdirSync(join(node.leaseFolder, '10.0.0.1'));
    const config = { 'cni.dev/valid-attachments': [] };
    expect(await node.code('GC', { config })).toBe(5);
    expect(node.leases()).toEqual(['10.0.0.1', '10.1.2.6']);
  });

  it('touches no other network', async () => {
    const node = trial();
    await node.add({ config: { name: 'other' } });
    await node.code('GC', { config: { 'cni.dev/valid-attachments': [] } });
    expect(node.read('../other/10.1.2.2')).toBe('pod1\r\neth0');
  });

  it('is not of 1.0.0', async () => {
    expect(await trial().code('GC', { config: { cniVersion: '1.0.0' } })).toBe(1);
  });
});

describe('STATUS', () => {
  /** A /25: 126 addresses, of which one is the gateway's. */
  const range = { subnet: '10.1.2.0/25' };
  const forty = { ...range, rangeStart: '10.1.2.2', rangeEnd: '10.1.2.41' };

  function taken(count: number): Trial {
    const node = trial();
    for (let at = 2; at < 2 + count; at++) node.write(`10.1.2.${at}`, `pod${at}\r\neth0`);
    node.write('10.7.7.7', 'of another range\r\neth0');
    return node;
  }

  it.each([
    ['none is taken', 0, range, 0],
    ['some are', 60, range, 0],
    ['7 of 125 are free', 118, range, 0],
    ['6 of 125 are free', 119, range, 0],
    ['one is free', 124, range, 0],
    ['all are taken', 125, range, 50],
    [
      'those free are reserved',
      120,
      {
        ...range,
        reserved: [
          '10.1.2.122',
          '10.1.2.123',
          '10.1.2.124',
          '10.1.2.125',
          '10.1.2.126',
          '10.9.9.9',
        ],
      },
      50,
    ],
    [
      'one is free that is not reserved',
      122,
      { ...range, reserved: ['10.1.2.2', '10.1.2.3', '10.1.2.125', '10.1.2.126'] },
      0,
    ],
    ['the range is only the gateway', 0, { ...range, rangeEnd: '10.1.2.1' }, 50],
    ['the gateway is elsewhere', 125, { ...range, gateway: '10.9.9.9' }, 0],
    ['one of two sets is full', 125, { ranges: [[{ subnet: 'fd00::/64' }], [range]] }, 50],
    ['another range of the set is free', 125, { ranges: [[range, { subnet: '10.1.3.0/24' }]] }, 0],
    ['the range is huge', 100, { subnet: 'fd00::/8' }, 0],
  ])('when %s', async (_, count, ipam, expected) => {
    const node = taken(count);
    const { document, exitCode } = await node.run('STATUS', { ipam });
    expect(exitCode === 0 ? 0 : document['code']).toBe(expected);
  });

  it('says how many are free, and what to do', async () => {
    const { document } = await taken(125).run('STATUS', { ipam: range });
    expect(document).toEqual({
      cniVersion: '1.1.0',
      code: 50,
      msg: '0 of 125 addresses are free in range set 10.1.2.1-10.1.2.126',
      details: expect.stringContaining('GC'),
    });
  });

  it.each([
    ['7 of 125', 118, range, []],
    ['6 of 125', 119, range, ['6 of 125 addresses are free in range set 10.1.2.1-10.1.2.126']],
    ['2 of 40', 38, forty, []],
    ['1 of 40', 39, forty, ['1 of 40 addresses are free in range set 10.1.2.2-10.1.2.41']],
    ['7 of 123 not reserved', 118, { ...range, reserved: ['10.1.2.2', '10.1.2.3'] }, []],
  ])('logs that few are free: %s', async (_, count, ipam, expected) => {
    const node = taken(count);
    const logFile = join(node.dataDir, '..', 'log');
    await node.run('STATUS', { ipam, config: { logFile } });
    const lines = existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().split('\n') : [];
    const said = lines.map((line): unknown => JSON.parse(line).counts);
    expect(said.filter((counts) => counts !== undefined)).toEqual(expected);
  });

  it('leaves nothing in the folder', async () => {
    const node = trial();
    expect(await node.run('STATUS')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(readdirSync(node.leaseFolder)).toEqual([]);
  });

  it('is 50 when leases cannot be written', async () => {
    const node = trial();
    writeFileSync(node.dataDir, 'a file');
    const { document } = await node.run('STATUS');
    expect(document).toMatchObject({
      code: 50,
      msg: `leases cannot be written below ${node.dataDir}`,
      details: expect.stringContaining('administrator'),
    });
  });

  it('is 50 when the disk is full', async () => {
    const node = trial({
      files: (files) => ({
        ...files,
        writeNew() {
          throw Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC', syscall: 'write' });
        },
      }),
    });
    expect(await node.code('STATUS')).toBe(50);
    expect(await node.code('ADD')).toBe(5);
  });

  it('is 7 when the configuration is wrong', async () => {
    expect(await trial().code('STATUS', { ipam: {} })).toBe(7);
  });
});
