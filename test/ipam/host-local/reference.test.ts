import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../cni/json-object.ts';
import { specVersions } from '../../../cni/versions.ts';
import { tempFolder } from '../../cni/trial.ts';
import { quickFolder } from '../../helpers/quick-folder.ts';
import { address, ipam, isDeliberate } from './configurations.ts';
import { findReference, ours, type Request, start } from './processes.ts';
import { addressesOf } from './trial.ts';

const reference = findReference();
const theirs = reference ?? '';

/** Both ways round: who comes first, who comes after. */
const pairs = [
  { one: 'the reference', first: theirs, other: 'ours', second: ours },
  { one: 'ours', first: ours, other: 'the reference', second: theirs },
];

const subnet = '10.1.2.0/24';

function configIn(dataDir: string, ipam: JsonObject = { subnet }, cniVersion = '1.0.0') {
  return { cniVersion, name: 'net1', ipam: { type: 'host-local', dataDir, ...ipam } };
}

/** A folder of leases, and either program to run on it; each ADD is to give one address. */
function node(dataDir = tempFolder()) {
  const folder = join(dataDir, 'net1');
  const ask = (file: string, command: string, containerId: string, more: Partial<Request> = {}) =>
    start(file, { command, containerId, config: configIn(dataDir), ...more });
  return {
    dataDir,
    folder,
    ask,
    add: async (file: string, containerId: string, more: Partial<Request> = {}) => {
      const { document } = await ask(file, 'ADD', containerId, more);
      return addressesOf(document)[0];
    },
    leases: () => readdirSync(folder).filter((name) => /^[\da-f]+[.:]/.test(name)),
    read: (name: string) => readFileSync(join(folder, name), 'utf8'),
  };
}

describe.runIf(reference)('host-local v1.9.1 and ours on one folder', () => {
  it.each(pairs)(
    '$one gives an address: $other sees it and gives another',
    async ({ first, second }) => {
      const { add, ask, leases } = node();
      expect(await add(first, 'pod1')).toBe('10.1.2.2/24');
      expect(await ask(second, 'CHECK', 'pod1')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await ask(second, 'CHECK', 'pod2')).toMatchObject({ exitCode: 1 });
      expect(await add(second, 'pod2')).toBe('10.1.2.3/24');
      expect(await add(first, 'pod3')).toBe('10.1.2.4/24');
      expect(leases()).toHaveLength(3);
    },
  );

  it.each(pairs)(
    '$one gives an address: $other refuses it to another',
    async ({ first, second }) => {
      const { add, ask } = node();
      expect(await add(first, 'pod1', { args: 'IgnoreUnknown=1;IP=10.1.2.77' })).toBe(
        '10.1.2.77/24',
      );
      const asked = await ask(second, 'ADD', 'pod2', { args: 'IgnoreUnknown=1;IP=10.1.2.77' });
      expect(asked.document).toMatchObject({
        msg: expect.stringContaining(
          'requested IP address 10.1.2.77 is not available in range set 10.1.2.1-10.1.2.254',
        ),
      });
    },
  );

  it.each(pairs)('$one gives addresses: $other takes them back', async ({ first, second }) => {
    const { add, ask, leases } = node();
    for (const pod of ['pod1', 'pod2', 'pod10']) await add(first, pod);
    await add(first, 'pod1', { ifName: 'net1' });
    expect(await ask(second, 'DEL', 'pod1')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(leases().sort()).toEqual(['10.1.2.3', '10.1.2.4', '10.1.2.5']);
    expect(await ask(first, 'CHECK', 'pod1')).toMatchObject({ exitCode: 1 });
    expect(await ask(first, 'CHECK', 'pod1', { ifName: 'net1' })).toMatchObject({ exitCode: 0 });
  });

  it.each(pairs)(
    '$one gives addresses of both families: $other takes them back',
    async ({ first, second }) => {
      const { ask, dataDir, leases } = node();
      const config = configIn(dataDir, { ranges: [[{ subnet }], [{ subnet: 'fd00:0:0:a::/64' }]] });
      const added = await ask(first, 'ADD', 'pod1', { config });
      expect(addressesOf(added.document)).toEqual(['10.1.2.2/24', 'fd00:0:0:a::2/64']);
      expect(leases()).toHaveLength(2);
      expect(await ask(second, 'DEL', 'pod1', { config })).toMatchObject({ exitCode: 0 });
      expect(leases()).toEqual([]);
    },
  );

  it.each(pairs)(
    '$one fills a range: $other says so, and goes on when there is room',
    async ({ first, second }) => {
      const { add, ask, dataDir } = node();
      const config = configIn(dataDir, { subnet: '10.1.2.0/29' });
      for (let pod = 2; pod <= 6; pod++) await add(first, `pod${pod}`, { config });
      expect((await ask(second, 'ADD', 'pod7', { config })).document).toMatchObject({
        msg: expect.stringContaining('no IP addresses available in range set: 10.1.2.1-10.1.2.6'),
      });
      await ask(second, 'DEL', 'pod4', { config });
      expect(await add(second, 'pod7', { config })).toBe('10.1.2.4/29');
    },
  );

  it('what they write is the same, byte by byte', async () => {
    const written = await Promise.all(
      [ours, theirs].map(async (file) => {
        const { ask, dataDir, folder, read } = node();
        const config = configIn(dataDir, { ranges: [[{ subnet }], [{ subnet: 'fd00::/64' }]] });
        await ask(file, 'ADD', 'pod1', { config });
        // The reference's lock is its own.
        const names = readdirSync(folder).filter((name) => name !== 'lock');
        return names.sort().map((name) => ({
          name,
          text: read(name),
          mode: statSync(join(folder, name)).mode & 0o777,
        }));
      }),
    );
    expect(written[0]?.map(({ name }) => name)).toEqual([
      '10.1.2.2',
      'fd00::2',
      'last_reserved_ip.0',
      'last_reserved_ip.1',
    ]);
    expect(written[0]).toEqual(written[1]);
  });

  it('a second ADD gets from ours what the reference gave the first', async () => {
    const { add, leases } = node();
    const address = await add(theirs, 'pod1');
    expect(await add(ours, 'pod1')).toBe(address);
    expect(leases()).toHaveLength(1);
  });

  it('a lease of before there were interfaces is known and removed by both', async () => {
    for (const file of [ours, theirs]) {
      const { ask, folder, leases } = node();
      mkdirSync(folder);
      writeFileSync(join(folder, '10.1.2.9'), 'pod1');
      expect(await ask(file, 'CHECK', 'pod1')).toMatchObject({ exitCode: 0 });
      expect(await ask(file, 'DEL', 'pod1')).toMatchObject({ exitCode: 0 });
      expect(leases()).toEqual([]);
    }
  });

  it.each(specVersions)('their answers are the same, version %s', async (cniVersion) => {
    const ranges = [
      [{ subnet, gateway: '10.1.2.9', rangeStart: '10.1.2.30' }],
      [{ subnet: 'fd00::/64' }],
    ];
    const routes = [
      { dst: '0.0.0.0/0', gw: '10.1.2.9' },
      { dst: 'fd01::/16', mtu: 1400, advmss: 1360, priority: 7, table: 9, scope: 0 },
      { dst: '10.0.0.0/8' },
    ];
    const resolvConf = join(tempFolder(), 'resolv.conf');
    writeFileSync(
      resolvConf,
      '; c\ndomain d.test\nsearch a.test b.test\nnameserver 10.0.0.1\nnameserver fd00::1\noptions a b:1\nsearch c.test\n',
    );
    const answers = await Promise.all(
      [ours, theirs].map(async (file) => {
        const { ask, dataDir } = node();
        const config = configIn(dataDir, { ranges, routes, resolvConf }, cniVersion);
        return ask(file, 'ADD', 'pod1', { config });
      }),
    );
    expect(answers[0]).toMatchObject({ exitCode: 0, stderr: '' });
    expect(answers[0]).toEqual(answers[1]);
  });
});

it.runIf(reference)(
  'configurations are taken, refused and served as by the reference',
  async () => {
    await fc.assert(
      fc.asyncProperty(ipam, fc.option(address), async (written, asked) => {
        fc.pre(!isDeliberate(JSON.stringify(written)));
        const args = asked ? `IgnoreUnknown=1;IP=${asked}` : '';
        const ends = await Promise.all(
          [ours, theirs].map(async (file) => {
            const { ask, dataDir } = node(quickFolder());
            const { document, exitCode } = await ask(file, 'ADD', 'pod1', {
              config: configIn(dataDir, written, '1.1.0'),
              args,
            });
            return exitCode === 0 ? document : 'refused';
          }),
        );
        expect(ends[0]).toEqual(ends[1]);
      }),
      { numRuns: 60, seed: 20261121 },
    );
  },
);
