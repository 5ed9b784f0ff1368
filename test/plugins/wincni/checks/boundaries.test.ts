import { describe, expect, it } from 'vitest';
import { outcomeOf, resultOf } from './outcome-of.ts';

const kubeProxy = 'processes.2.command';
const dsrOff = { [kubeProxy]: [['--enable-dsr=true', '--enable-dsr=false'] as const] };
const dsrOn = { [kubeProxy]: [['--v=4', '--v=4 --enable-dsr'] as const] };
/** The schema has pairs that may be written to. */
const pairs = (table: Readonly<Record<string, readonly (readonly [string, string])[]>>) =>
  Object.fromEntries(
    Object.entries(table).map(([path, list]): [string, [string, string][]] => [
      path,
      list.map(([old, other]) => [old, other]),
    ]),
  );

describe('the updates of Windows', () => {
  it.each([
    ['overlay', 17763, 378, dsrOff, 'fail'],
    ['overlay', 17763, 379, dsrOff, 'ok'],
    ['overlay', 17763, 379, {}, 'fail'],
    ['overlay', 17763, 1431, {}, 'fail'],
    ['overlay', 17763, 1432, {}, 'ok'],
    ['overlay', 18362, 1, {}, 'ok'],
    ['bridge', 17763, 316, {}, 'ok'],
    ['bridge', 20348, 260, dsrOn, 'ok'],
    ['bridge', 20348, 261, dsrOn, 'warn'],
    ['bridge', 20348, 9999, dsrOn, 'warn'],
    ['bridge', 20348, 261, {}, 'ok'],
    ['bridge', 26100, 1, dsrOn, 'ok'],
  ] as const)('%s, %i.%i: %j gives %s', (base, build, ubr, replace, result) => {
    const set = { 'windows.build': build, 'windows.ubr': ubr };
    expect(resultOf('node.known-issue', base, { set, replace: pairs(replace) })).toBe(result);
  });

  it.each([
    [18363, 9999, 'warn'],
    [19041, 609, 'warn'],
    [19041, 610, 'ok'],
    [20348, 1, 'ok'],
  ])('IPv6 on %i.%i: %s', (build, ubr, result) => {
    const set = {
      'windows.build': build,
      'windows.ubr': ubr,
      'hns.v1.networks.0.Subnets.1': { AddressPrefix: 'fd00:10:244:16::/64' },
    };
    expect(resultOf('node.known-issue', 'bridge', { set })).toBe(result);
  });

  it.each([
    [17762, 'fail'],
    [17763, 'ok'],
  ])('build %i: %s', (build, result) => {
    expect(resultOf('node.build', 'overlay', { set: { 'windows.build': build } })).toBe(result);
  });
});

describe('numbers', () => {
  const first = 49_152;
  const last = 65_535;
  /** All but so many ports at the end. */
  const leaving = (count: number) => [{ start: first, end: last - count }];
  it.each([
    ['hnsProcess.threads', 200, 'hns.service', 'ok'],
    ['hnsProcess.threads', 201, 'hns.service', 'warn'],
    ['hnsProcess.threads', 999, 'hns.service', 'warn'],
    ['hnsProcess.threads', 1000, 'hns.service', 'fail'],
    ['hnsCrashes', 1, 'hns.service', 'warn'],
    ['ports.excluded', leaving(0), 'node.ports', 'fail'],
    ['ports.excluded', leaving(63), 'node.ports', 'fail'],
    ['ports.excluded', leaving(64), 'node.ports', 'warn'],
    ['ports.excluded', leaving(640), 'node.ports', 'warn'],
    ['ports.excluded', leaving(703), 'node.ports', 'warn'],
    ['ports.excluded', leaving(704), 'node.ports', 'ok'],
    ['log.p95', 20_000, 'perf.log', 'ok'],
    ['log.p95', 20_001, 'perf.log', 'warn'],
    ['log', { path: 'x', commands: 400, failures: { 11: 20 } }, 'perf.log', 'ok'],
    ['log', { path: 'x', commands: 400, failures: { 11: 20, 7: 1 } }, 'perf.log', 'warn'],
    ['powershell.warm', 2_000, 'perf.hns', 'ok'],
    ['powershell.warm', 2_001, 'perf.hns', 'warn'],
    ['powershell.cold', 45_000, 'perf.hns', 'warn'],
    ['powershell.cold', 45_001, 'perf.hns', 'fail'],
    ['hns.ways.0.ms', 2_001, 'perf.hns', 'warn'],
    ['hns.ways.1.ms', 60_000, 'perf.hns', 'ok'],
  ] as const)('%s %j: %s is %s', (path, value, id, result) => {
    expect(resultOf(id, 'overlay', { set: { [path]: value } })).toBe(result);
  });

  it('counts blocks between what is excluded, in whatever order it is listed', () => {
    const gap = (start: number) => ({ start, end: start + 963 });
    // Gaps of 63, 64 and 128 ports, and then nothing.
    const excluded = [
      { start: 60_000, end: 70_000 },
      { start: 1, end: first - 1 },
      { start: first + 63, end: first + 99 },
      { start: first + 164, end: first + 199 },
      { start: first + 180, end: first + 190 },
      { start: first + 328, end: 60_000 },
      gap(first + 400),
    ];
    const { findings } = outcomeOf('node.ports', 'overlay', {
      set: { 'ports.excluded': excluded },
    });
    expect(findings).toMatchObject([{ level: 'warn', what: expect.stringMatching(/^3 blocks /) }]);
  });

  it.each([
    [100, {}, 'ok'],
    [101, {}, 'warn'],
    [101, dsrOn, 'ok'],
  ] as const)('%i load balancers, %j: %s', (count, replace, result) => {
    const lists = Array.from({ length: count }, () => ({ Policies: [{ Type: 'ELB' }] }));
    const set = { 'hns.v1.policyLists': [...lists, { Policies: [{ Type: 'ROUTE' }] }] };
    expect(resultOf('proxy.backends', 'bridge', { set, replace: pairs(replace) })).toBe(result);
  });

  it.each([
    [59_999, 'warn'],
    [60_000, 'fail'],
  ])('a network without an address, and a lease %i ms old: %s', (age, result) => {
    const looked = Date.parse('2024-03-01T08:00:00.000Z');
    const set = {
      'looks.0.at': looked,
      'looks.1.at': looked,
      'looks.*.leases.*.modified': looked - age,
      'looks.*.scratch.*.modified': looked - 1,
    };
    const remove = ['hns.v1.networks.0.ManagementIP'];
    expect(resultOf('node.management-ip', 'overlay', { set, remove })).toBe(result);
  });
});

describe('two looks', () => {
  it.each([
    ['a state in one look alone', { 'looks.1.endpoints.0.State': 1 }, 'ok'],
    ['another state', { 'looks.0.endpoints.0.State': 1, 'looks.1.endpoints.0.State': 4 }, 'ok'],
    ['attached meanwhile', { 'looks.0.endpoints.0.State': 4 }, 'ok'],
    ['shared by several', { 'looks.*.endpoints.0.State': 3 }, 'ok'],
    [
      'another node, as kube-proxy has it',
      { 'looks.*.endpoints.3.State': 4, 'looks.*.endpoints.3.Name': 'remote' },
      'ok',
    ],
    ['kube-proxy, its source VIP', { 'looks.*.endpoints.2.Name': 'vip' }, 'ok'],
    ['nobody, by another address', named('10.244.4.99'), 'warn'],
  ])('the state of an endpoint: %s', (_, set, result) => {
    expect(resultOf('hns.endpoint-state', 'overlay', { set })).toBe(result);
  });

  it('what was made or removed between the listings does not differ between the dialects', () => {
    const made = { ID: '0badc0de-0000-4000-8000-000000000001', Name: 'made' };
    const set = { 'hns.v2.endpoints.4': made, 'looks.1.endpoints.4': made };
    expect(resultOf('hns.dialects', 'overlay', { set })).toBe('ok');
    const gone = { remove: ['hns.v2.endpoints.0', 'looks.1.endpoints.0'] };
    expect(resultOf('hns.dialects', 'overlay', gone)).toBe('ok');
  });

  it('lists five at most', () => {
    const many = Array.from({ length: 7 }, (_, index) => ({
      ID: `0badc0de-0000-4000-8000-00000000000${index}`,
    }));
    const { findings } = outcomeOf('hns.dialects', 'overlay', {
      set: Object.fromEntries(many.map((each, index) => [`hns.v2.endpoints.${4 + index}`, each])),
    });
    expect(findings[0]?.what).toMatch(/(?:0badc0de-\S+ ){5}and 2 more$/);
  });
});

function named(address: string) {
  return { 'looks.*.endpoints.2.Name': 'vip', 'looks.*.endpoints.2.IPAddress': address };
}

describe("kube-proxy's command line", () => {
  const exe = '"C:\\Program Files\\k8s\\kube-proxy.exe"';
  it.each([
    [`${exe} --enable-dsr --source-vip 10.244.4.2`, 'fail'],
    [`${exe} -enable-dsr=true`, 'fail'],
    [`${exe} --enable-dsr=1`, 'fail'],
    [`${exe} "--enable-dsr=true"`, 'fail'],
    [`${exe} --enable-dsr=true --enable-dsr=false`, 'ok'],
    [`${exe} --enable-dsr=false`, 'ok'],
    [`${exe} --v 4`, 'ok'],
    [`${exe} --feature-gates="WinOverlay=true,WinDSR=false"`, 'ok'],
    [`${exe} --config C:\\k\\kube-proxy.yaml --enable-dsr`, 'skipped'],
  ])('%s on an HNS without it: %s', (command, result) => {
    const set = { [kubeProxy]: command, 'hns.ways.*.version': { major: 9, minor: 2 } };
    expect(resultOf('proxy.dsr', 'overlay', { set })).toBe(result);
  });

  it('is read from the parameters that nssm has where no process tells it', () => {
    const set = { 'services.4.parameters': '--hostname-override=other', 'services.4.name': 'kp' };
    const remove = ['processes.2'];
    const { findings } = outcomeOf('proxy.hostname', 'overlay', { set, remove });
    expect(findings).toMatchObject([
      {
        what: expect.stringContaining('calls the node other'),
        remedy: expect.arrayContaining(['Restart-Service kp']),
      },
    ]);
  });

  it('is not known where neither a process nor a service tells it', () => {
    const remove = ['processes.2.command', 'services.4.application', 'services.4.parameters'];
    const set = { administrator: false };
    expect(outcomeOf('proxy.hostname', 'overlay', { remove, set })).toMatchObject({
      result: 'skipped',
      why: "the command line of kube-proxy is not known: administrator's rights may show it",
    });
  });

  it('is of no matter where there is no kube-proxy', () => {
    const remove = ['processes.2', 'services.4'];
    for (const id of ['hostname', 'network', 'source-vip', 'dsr', 'backends']) {
      expect(resultOf(`proxy.${id}`, 'overlay', { remove })).toBe('not applicable');
    }
    expect(resultOf('node.known-issue', 'overlay', { remove, set: { 'windows.ubr': 500 } })).toBe(
      'ok',
    );
  });
});
