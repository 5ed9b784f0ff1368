import { describe, expect, it } from 'vitest';
import { printResult } from '../../cni/print-result.ts';
import { prevResultOf, readResult } from '../../cni/read-result.ts';
import type { Result } from '../../cni/result.ts';
import { atLeast, specVersions } from '../../cni/versions.ts';
import { callOf, thrownBy } from './trial.ts';

/** Both families, and everything that a version may have. */
const full: Result = {
  interfaces: [
    {
      name: 'eth0',
      mac: '0e:2a:0a:f4:01:05',
      mtu: 1450,
      sandbox: 'ns1',
      socketPath: '/run/vhost.sock',
      pciID: '00:1f.6',
    },
  ],
  ips: [
    { address: '10.244.1.5/24', gateway: '10.244.1.1', interface: 0 },
    { address: 'fd00:1::5/64', gateway: 'fd00:1::1', interface: 0 },
    { address: '10.244.1.6/24', interface: 0 },
  ],
  routes: [
    {
      dst: '0.0.0.0/0',
      gw: '10.244.1.1',
      mtu: 1400,
      advmss: 1360,
      priority: 10,
      table: 0,
      scope: 0,
    },
    { dst: '::/0' },
  ],
  dns: { nameservers: ['10.96.0.10'], domain: 'a.b', search: ['svc.a.b'], options: ['ndots:5'] },
};

const dns = {
  nameservers: ['10.96.0.10'],
  domain: 'a.b',
  search: ['svc.a.b'],
  options: ['ndots:5'],
};

const families = {
  ip4: {
    ip: '10.244.1.5/24',
    gateway: '10.244.1.1',
    routes: [{ dst: '0.0.0.0/0', gw: '10.244.1.1' }],
  },
  ip6: { ip: 'fd00:1::5/64', gateway: 'fd00:1::1', routes: [{ dst: '::/0' }] },
  dns,
};

const plainInterfaces = [{ name: 'eth0', mac: '0e:2a:0a:f4:01:05', sandbox: 'ns1' }];
const plainRoutes = [{ dst: '0.0.0.0/0', gw: '10.244.1.1' }, { dst: '::/0' }];
const plainIps = [
  { address: '10.244.1.5/24', gateway: '10.244.1.1', interface: 0 },
  { address: 'fd00:1::5/64', gateway: 'fd00:1::1', interface: 0 },
  { address: '10.244.1.6/24', interface: 0 },
];

const named = {
  interfaces: plainInterfaces,
  ips: [
    { version: '4', address: '10.244.1.5/24', gateway: '10.244.1.1', interface: 0 },
    { version: '6', address: 'fd00:1::5/64', gateway: 'fd00:1::1', interface: 0 },
    { version: '4', address: '10.244.1.6/24', interface: 0 },
  ],
  routes: full.routes,
  dns,
};

/**
 * What `full` looks like in each version, by hand from the specifications; but that the reference prints
 * all of a route in every list, and so do we.
 */
const shapes = {
  '0.1.0': families,
  '0.2.0': families,
  '0.3.0': named,
  '0.3.1': named,
  '0.4.0': named,
  '1.0.0': { interfaces: plainInterfaces, ips: plainIps, routes: full.routes, dns },
  '1.1.0': { interfaces: full.interfaces, ips: plainIps, routes: full.routes, dns },
};

/** What is left of `full` when it has been through a version. */
const ofFamilies: Result = {
  interfaces: [],
  ips: [
    { address: '10.244.1.5/24', gateway: '10.244.1.1' },
    { address: 'fd00:1::5/64', gateway: 'fd00:1::1' },
  ],
  routes: plainRoutes,
  dns,
};
const ofLists: Result = {
  interfaces: plainInterfaces,
  ips: plainIps,
  routes: full.routes,
  dns,
};
const remains: Record<keyof typeof shapes, Result> = {
  '0.1.0': ofFamilies,
  '0.2.0': ofFamilies,
  '0.3.0': ofLists,
  '0.3.1': ofLists,
  '0.4.0': ofLists,
  '1.0.0': ofLists,
  '1.1.0': full,
};

describe.each(specVersions)('a result of %s', (version) => {
  it('has the shape of its version', () => {
    expect(printResult(full, version)).toEqual({ cniVersion: version, ...shapes[version] });
  });

  it('is read as what its version can say', () => {
    expect(readResult({ cniVersion: version, ...shapes[version] })).toEqual(remains[version]);
  });

  it('is read without its version too', () => {
    expect(readResult(shapes[version])).toEqual(remains[version]);
  });

  it('is the same after being read and printed again', () => {
    const printed = printResult(full, version);
    expect(printResult(readResult(printed), version)).toEqual(printed);
  });

  it('of nothing is nearly empty', () => {
    const nothing: Result = { interfaces: [], ips: [], routes: [], dns: {} };
    // As libcni's types print it.
    const dns = atLeast(version, '1.0.0') ? {} : { dns: {} };
    expect(printResult(nothing, version)).toEqual({ cniVersion: version, ...dns });
    expect(readResult(printResult(nothing, version))).toEqual(nothing);
  });

  it('has no routes of a family without an address', () => {
    const four: Result = { ...full, ips: full.ips.slice(0, 1) };
    const again = readResult(printResult(four, version));
    expect(again.ips.map(({ address }) => address)).toEqual(['10.244.1.5/24']);
    const lists = version !== '0.1.0' && version !== '0.2.0';
    expect(again.routes).toHaveLength(lists ? 2 : 1);
  });
});

describe('reading', () => {
  it('takes what Go prints: nulls, empty texts, keys of another letter case', () => {
    const written = {
      CNIVersion: '1.0.0',
      Interfaces: [{ Name: 'eth0', mac: '', sandbox: null, mtu: null }],
      ips: [{ Address: '10.0.0.2/24', gateway: '', interface: null }],
      routes: null,
      dns: { nameservers: null, domain: '', search: [] },
    };
    expect(readResult(written)).toEqual({
      interfaces: [{ name: 'eth0' }],
      ips: [{ address: '10.0.0.2/24' }],
      routes: [],
      dns: { search: [] },
    });
  });

  it('keeps a table and a scope of 0, which are values', () => {
    const { routes } = readResult({ routes: [{ dst: '10.0.0.0/8', table: 0, scope: 0 }] });
    expect(routes).toEqual([{ dst: '10.0.0.0/8', table: 0, scope: 0 }]);
  });

  it('leaves out what no version has, and what cannot be used', () => {
    const written = {
      interfaces: [{ name: 7, mac: 1, mtu: '1450', extra: true }],
      ips: [{ address: '10.0.0.2/24', interface: 0.5, extra: true }],
      routes: [{ dst: '10.0.0.0/8', mtu: 'x', extra: true }],
      dns: { nameservers: ['10.0.0.1', 7, null], domain: 7, search: 'a.b', extra: true },
      extra: true,
    };
    expect(printResult(readResult(written), '1.1.0')).toEqual({
      cniVersion: '1.1.0',
      interfaces: [{ name: '' }],
      ips: [{ address: '10.0.0.2/24' }],
      routes: [{ dst: '10.0.0.0/8' }],
      dns: { nameservers: ['10.0.0.1'] },
    });
    expect(readResult({ interfaces: [{}], dns: 'x' })).toMatchObject({
      interfaces: [{ name: '' }],
      dns: {},
    });
  });

  it('names what it cannot read', () => {
    const error = thrownBy(() => readResult({ ips: [{ address: '10.0.0.1', gateway: 'x' }] }));
    expect(error.message).toBe(
      'a result cannot be read: ips[0].address: expected a CIDR, found "10.0.0.1"',
    );
    expect(error.details).toContain('ips[0].gateway: expected an address, found "x"');
  });

  it('refuses a version nobody knows', () => {
    const error = thrownBy(() => readResult({ cniVersion: '9.0.0', ips: [] }));
    expect(error).toMatchObject({ code: 1, message: expect.stringContaining('9.0.0') });
  });

  const place = '../../../windows/system32';
  it.each([
    null,
    'a text',
    [],
    1,
    { ips: {} },
    { ips: 'x' },
    { ips: [null] },
    { ips: [[]] },
    { ips: ['10.0.0.1/24'] },
    { ips: [{}] },
    { ips: [{ address: 1 }] },
    { ips: [{ address: '10.0.0.1' }] },
    { ips: [{ address: place }] },
    { ips: [{ address: '10.0.0.1/24', gateway: place }] },
    { ips: [{ address: '10.0.0.1/24', gateway: {} }] },
    { interfaces: [null] },
    { interfaces: {} },
    { routes: [{}] },
    { routes: [{ dst: 'default' }] },
    { routes: [{ dst: '0.0.0.0/0', gw: place }] },
    { ip4: [] },
    { ip4: 'x' },
    { ip4: { ip: place } },
    { ip6: { ip: '::1/64', routes: {} } },
  ])('refuses %j with code 6', (value) => {
    expect(thrownBy(() => readResult(value)).code).toBe(6);
  });
});

describe('prevResult', () => {
  const config = (more: object) => ({ cniVersion: '1.0.0', name: 'cbr0', ...more });

  it.each([{}, { prevResult: null }])('%j is none', (more) => {
    expect(prevResultOf(callOf('CHECK', { config: config(more) }))).toBeUndefined();
  });

  it.each(specVersions)('may be of %s, whatever the configuration’s version', (version) => {
    const prevResult = { cniVersion: version, ...shapes[version] };
    const call = callOf('CHECK', { config: config({ PrevResult: prevResult }) });
    expect(prevResultOf(call)).toEqual(remains[version]);
  });

  it('that is none is refused', () => {
    const call = callOf('CHECK', { config: config({ prevResult: 'x' }) });
    expect(thrownBy(() => prevResultOf(call)).code).toBe(6);
  });
});
