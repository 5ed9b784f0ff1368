import { describe, expect, it, onTestFinished } from 'vitest';
import { specVersions } from '../../cni/versions.ts';
import { sandboxes, trialNode } from '../helpers/trial-node.ts';
import { cnitoolOn, type ToolRun } from './cnitool.ts';

const places = [
  { conf: 'flannel-overlay', fixture: 'overlay', address: '10.244.1.2/24' },
  { conf: 'flannel-host-gw', fixture: 'host-gw', address: '10.244.2.3/24' },
  { conf: 'win-overlay', fixture: 'alone', address: '10.244.3.2/24' },
  { conf: 'win-bridge', fixture: 'alone', address: '10.244.4.10/24' },
];
const cases = places.flatMap((place) => specVersions.map((version) => ({ ...place, version })));

/** A node with cnitool on it, for a test of its own. */
function setUp({ conf, fixture, version }: (typeof cases)[number]) {
  const node = trialNode(fixture);
  const tool = cnitoolOn(node, conf, version);
  const endpoints = () => node.hns().endpoints.filter(({ Name }) => Name !== 'cbr0_ep');
  onTestFinished(node.remove);
  return { node, tool, endpoints };
}

const netns = sandboxes.first;

const silent = { exitCode: 0, stdout: '', stderr: '' };

function expectSuccess(run: ToolRun) {
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
}

describe.each(cases)('cnitool, $conf in $version', (place) => {
  it('takes the result of add, in the shape of the version', () => {
    const { tool, endpoints } = setUp(place);
    const run = tool('add', netns);
    expectSuccess(run);
    const result = JSON.parse(run.stdout);
    expect(result.cniVersion).toBe(place.version);
    if (place.version < '0.3.0') {
      expect(result.ip4.ip).toBe(place.address);
    } else {
      expect(result.ips).toMatchObject([{ address: place.address, interface: 0 }]);
      expect(result.interfaces).toMatchObject([{ name: 'eth0' }]);
    }
    expect(endpoints()).toHaveLength(1);
  });

  it('deletes, again and again', () => {
    const { tool, endpoints } = setUp(place);
    expectSuccess(tool('add', netns));
    for (let time = 1; time <= 3; time++) expectSuccess(tool('del', netns));
    expect(endpoints()).toEqual([]);
  });
});

describe.each(cases.filter(({ version }) => version >= '0.4.0'))(
  'cnitool, $conf in $version',
  (place) => {
    it('checks, and hears what differs', () => {
      const { node, tool } = setUp(place);
      expectSuccess(tool('add', netns));
      expectSuccess(tool('check', netns));
      node.setHns((state) => ({
        ...state,
        endpoints: state.endpoints.map((endpoint) => ({ ...endpoint, Policies: [] })),
      }));
      const run = tool('check', netns);
      expect(run.exitCode).toBe(1);
      expect(run.stdout + run.stderr).toContain('policy: expected OutBoundNAT');
    });
  },
);

describe.each(cases.filter(({ version }) => version >= '1.1.0'))(
  'cnitool, $conf in $version',
  (place) => {
    it('hears that the network is ready', () => {
      const { tool } = setUp(place);
      expectSuccess(tool('status', netns));
    });

    it('collects: cnitool deletes all it has added, then sends GC without a list', () => {
      const { node, tool, endpoints } = setUp(place);
      expectSuccess(tool('add', netns));
      expect(endpoints()).toHaveLength(1);
      expectSuccess(tool('gc', netns));
      expect(endpoints()).toEqual([]);
      expect(node.allLeases()).toEqual([]);
      expectSuccess(tool('del', netns));
    });

    it('collects what libcni’s list of valid attachments does not have', () => {
      const { node, tool, endpoints } = setUp(place);
      expectSuccess(tool('add', netns));
      expectSuccess(tool('add', sandboxes.second));
      const [first = '', second = ''] = endpoints().map(({ Name }) => String(Name));
      const containerID = second.slice(0, second.indexOf('_'));
      const gone = first.slice(0, first.indexOf('_'));

      expect(tool.gc([{ containerID, ifname: 'eth0' }])).toEqual(silent);
      expect(endpoints()).toMatchObject([{ Name: second }]);
      expect(node.allLeases()).toHaveLength(1);
      expect(node.scratchFiles().filter((name) => name.startsWith(gone))).toEqual([]);

      expect(tool.gc([])).toEqual(silent);
      expect(endpoints()).toEqual([]);
      expect(node.allLeases()).toEqual([]);
      expect(node.scratchFiles()).toEqual([]);
    });

    it('hears that the network is not ready', () => {
      const { node, tool } = setUp(place);
      node.setHns((state) => ({ ...state, networks: [], endpoints: [] }));
      const run = tool('status', netns);
      expect(run.exitCode).toBe(1);
      expect(run.stdout + run.stderr).toContain('not found in HNS');
    });
  },
);

const modes = [
  { conf: 'nat', fixture: 'bare', addresses: 1 },
  { conf: 'win-transparent', fixture: 'every-type', addresses: 1 },
  { conf: 'sdnbridge-hns', fixture: 'bare', addresses: 1 },
  { conf: 'sdnoverlay', fixture: 'every-type', addresses: 1 },
  { conf: 'win-bridge-dual-stack', fixture: 'every-type', addresses: 2 },
];
const modeCases = modes.flatMap((mode) => specVersions.map((version) => ({ ...mode, version })));

describe.each(modeCases)('cnitool, $conf in $version', (mode) => {
  it('takes every command the version has', () => {
    const { tool, endpoints } = setUp({ ...mode, address: '' });
    const before = endpoints().length;
    if (mode.version >= '1.1.0') expectSuccess(tool('status', netns));
    const run = tool('add', netns);
    expectSuccess(run);
    const { interfaces, ip4, ip6, ips } = JSON.parse(run.stdout);
    const told = mode.version < '0.3.0' ? [ip4, ip6].filter(Boolean) : ips;
    expect(told).toHaveLength(mode.addresses);
    if (mode.version >= '0.3.0') {
      expect(interfaces).toMatchObject([{ name: 'eth0' }]);
      for (const ip of ips) expect(ip).toMatchObject({ interface: 0 });
    }
    expect(endpoints()).toHaveLength(before + 1);
    if (mode.version >= '0.4.0') expectSuccess(tool('check', netns));
    if (mode.version >= '1.1.0') expectSuccess(tool('gc', netns));
    for (let time = 1; time <= 2; time++) expectSuccess(tool('del', netns));
    expect(endpoints()).toHaveLength(before);
  });
});
