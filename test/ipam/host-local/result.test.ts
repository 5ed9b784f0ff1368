import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trial } from './trial.ts';

describe('a result', () => {
  it('of 0.2.0 is what a command line reads that looks for a source address', async () => {
    const { document, stderr } = await trial().run('ADD', {
      ipam: { ranges: [[{ subnet: '10.1.2.0/24' }]], routes: [{ dst: '0.0.0.0/0' }] },
      config: { cniVersion: '0.2.0' },
      containerId: 'dummy',
    });
    expect(stderr).toBe('');
    expect(document).toEqual({
      cniVersion: '0.2.0',
      ip4: { ip: '10.1.2.2/24', gateway: '10.1.2.1', routes: [{ dst: '0.0.0.0/0' }] },
      dns: {},
    });
  });

  it('has the routes of the configuration, with all that 1.1.0 knows of them', async () => {
    const routes = [
      { dst: '0.0.0.0/0', gw: '10.1.2.1' },
      { dst: 'fd00::/8', mtu: 1400, advmss: 1300, priority: 0, table: 50, scope: 253 },
    ];
    const ipam = { subnet: '10.1.2.0/24', routes: [...routes, { dst: '10.0.0.0/8', gw: '' }] };
    const { document } = await trial().run('ADD', { ipam });
    expect(document['routes']).toEqual([...routes, { dst: '10.0.0.0/8' }]);
  });

  it.each([
    [{ dst: 'everywhere' }, 'ipam.routes[0].dst: expected a CIDR, found "everywhere"'],
    [{ dst: '10.0.0.0' }, 'ipam.routes[0].dst: expected a CIDR, found "10.0.0.0"'],
    [{ dst: '0.0.0.0/0', gw: 'up' }, 'ipam.routes[0].gw: expected an IP address, found "up"'],
    [{ gw: '10.1.2.1' }, 'ipam.routes[0].dst: expected string, found nothing'],
    [{ dst: '0.0.0.0/0', mtu: 1.5 }, 'ipam.routes[0].mtu: expected int, found 1.5'],
  ])('cannot have the route %j', async (route, complaint) => {
    const ipam = { subnet: '10.1.2.0/24', routes: [route] };
    const { document } = await trial().run('ADD', { ipam });
    expect(document).toMatchObject({ code: 7, msg: `invalid network configuration: ${complaint}` });
  });

  it('has the DNS settings of resolvConf, read as the reference reads them', async () => {
    const node = trial();
    const resolvConf = join(node.folder, 'resolv.conf');
    const lines = [
      '\uFEFF# made by hand',
      ';nameserver 9.9.9.9',
      'domain old.test',
      '  nameserver 10.0.0.10 10.0.0.11',
      'nameserver fd00::a',
      'search a.test b.test',
      'search c.test',
      'options ndots:5 timeout:2',
      'options rotate',
      'domain cluster.test',
      'nameserver',
      'sortlist 10.0.0.0',
    ];
    writeFileSync(resolvConf, lines.join('\r\n'));
    const { document } = await node.run('ADD', { ipam: { subnet: '10.1.2.0/24', resolvConf } });
    expect(document['dns']).toEqual({
      nameservers: ['10.0.0.10', 'fd00::a'],
      domain: 'cluster.test',
      search: ['a.test', 'b.test', 'c.test'],
      options: ['ndots:5', 'timeout:2', 'rotate'],
    });
  });

  it('is none when resolvConf cannot be read, and no lease is taken', async () => {
    const node = trial();
    const ipam = { subnet: '10.1.2.0/24', resolvConf: join(node.folder, 'missing') };
    const { document } = await node.run('ADD', { ipam });
    expect(document).toMatchObject({ code: 5, msg: expect.stringContaining('ipam.resolvConf') });
    expect(node.leases()).toEqual([]);
  });
});

describe('dataDir', () => {
  it('holds a folder a network, made as it is needed, and a file a lease', async () => {
    const node = trial();
    await node.add({ config: { name: 'blue' } });
    await node.add();
    expect(node.leases()).toEqual(['10.1.2.2']);
    expect(node.read('10.1.2.2')).toBe('pod1\r\neth0');
    expect(node.read('../blue/10.1.2.2')).toBe('pod1\r\neth0');
    expect(node.read('last_reserved_ip.0')).toBe('10.1.2.2');
  });

  it('has `_` in the names of IPv6 on Windows, where `:` cannot be', async () => {
    const node = trial({ platform: 'win32' });
    const ipam = { subnet: 'fd00:1::/64' };
    expect(await node.add({ ipam })).toEqual(['fd00:1::2/64']);
    expect(node.leases()).toEqual(['fd00_1__2']);
    expect(await node.add({ ipam })).toEqual(['fd00:1::2/64']);
    expect(await node.add({ ipam, containerId: 'pod2' })).toEqual(['fd00:1::3/64']);
    expect(await node.code('CHECK', { ipam })).toBe(0);
    expect(await node.code('DEL', { ipam })).toBe(0);
    expect(node.leases()).toEqual(['fd00_1__3']);
  });

  it.each([
    ['a NUL', { dataDir: '/tmp/\0' }, 'ipam.dataDir: expected a path, found "/tmp/\\u0000"'],
    ['a number', { dataDir: 7 }, 'ipam.dataDir: expected string, found 7'],
  ])('is refused with %s in it', async (_, more, complaint) => {
    const ipam = { subnet: '10.1.2.0/24', ...more };
    for (const command of ['ADD', 'DEL', 'CHECK', 'GC', 'STATUS']) {
      const { document } = await trial().run(command, { ipam });
      expect(document).toMatchObject({
        code: 7,
        msg: `invalid network configuration: ${complaint}`,
      });
    }
  });

  it('that cannot be made is told', async () => {
    const node = trial();
    writeFileSync(node.dataDir, 'a file');
    const { document } = await node.run('ADD');
    expect(document).toMatchObject({ code: 5, msg: expect.stringContaining(node.dataDir) });
  });

  it('is not needed to be known with ranges by DEL and GC', async () => {
    const node = trial();
    await node.add();
    const ipam = {};
    expect(await node.code('GC', { ipam })).toBe(0);
    expect(await node.code('ADD', { ipam })).toBe(7);
    expect(await node.code('DEL', { ipam })).toBe(0);
    expect(node.leases()).toEqual([]);
  });
});
