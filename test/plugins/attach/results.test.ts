import { describe, expect, it } from 'vitest';
import { commandRule } from '../../../cni/commands.ts';
import { atLeast, specVersions } from '../../../cni/versions.ts';
import { macOfHns } from './documents.ts';
import { silent, type TrialOptions, trial } from './trial.ts';

const places: readonly TrialOptions[] = [
  { conf: 'win-bridge', fixture: 'alone' },
  { conf: 'win-bridge-dual-stack', fixture: 'every-type' },
  { conf: 'win-overlay', fixture: 'alone' },
  { conf: 'nat-hns', fixture: 'every-type' },
  { conf: 'win-transparent', fixture: 'every-type' },
  { conf: 'sdnbridge-dual-stack', fixture: 'every-type' },
  { conf: 'sdnoverlay', fixture: 'every-type' },
  { conf: 'flannel-sdnbridge', fixture: 'host-gw' },
  { conf: 'win-bridge-docker', fixture: 'alone', request: { netns: 'none' } },
];

const versionsFrom = (first: (typeof specVersions)[number]) =>
  specVersions.filter((version) => atLeast(version, first));

describe.each(places)('the result of $conf', (place) => {
  const open = (cniVersion: string) => trial({ ...place, keys: { cniVersion } });

  it.each(versionsFrom('0.3.0'))(
    'has in version %s one interface, of the name asked for, and every address points to it',
    async (version) => {
      const play = open(version);
      const result = await play.added({}, { ifName: 'net7' });
      const mac = play.pod()['MacAddress'];
      const sandbox = place.request?.netns ?? '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001';
      expect(result).toMatchObject({ cniVersion: version });
      expect(result['interfaces']).toEqual([{ name: 'net7', mac, sandbox }]);
      const addresses = JSON.parse(JSON.stringify(play.pod()['IpConfigurations'])).map(
        ({ IpAddress, PrefixLength }: Record<string, unknown>) => `${IpAddress}/${PrefixLength}`,
      );
      expect(result['ips']).toEqual(
        addresses.map((address: string) => ({
          address,
          interface: 0,
          gateway: expect.stringMatching(address.includes(':') ? /^fd00:/ : /^\d/),
          ...(atLeast(version, '1.0.0') ? {} : { version: address.includes(':') ? '6' : '4' }),
        })),
      );
    },
  );

  it.each(['0.1.0', '0.2.0'])('has in version %s one address a family', async (version) => {
    const play = open(version);
    const { ip4, ip6, ...rest } = await play.added();
    expect(rest).toEqual({ cniVersion: version, dns: expect.anything() });
    const found = [ip4, ip6].filter((entry) => entry !== undefined);
    expect(found).toHaveLength(JSON.parse(JSON.stringify(play.pod()['IpConfigurations'])).length);
    expect(found).toEqual(
      found.map(() => ({
        ip: expect.stringContaining('/'),
        gateway: expect.any(String),
        routes: [{ dst: expect.stringMatching(/\/0$/), gw: expect.any(String) }],
      })),
    );
  });

  it.each(specVersions)(
    'of version %s is taken as prevResult in every version',
    async (version) => {
      const play = open(version);
      const prevResult = await play.added();
      for (const cniVersion of versionsFrom(commandRule('CHECK').since)) {
        expect(await play.run('CHECK', { cniVersion, prevResult })).toEqual(silent);
      }
      expect(await play.run('DEL', { prevResult })).toEqual(silent);
      expect(play.pods()).toEqual([]);
    },
  );
});

it('has the MAC address that HNS chose', async () => {
  const play = trial({ conf: 'win-bridge', fixture: 'alone' });
  expect(await play.added()).toMatchObject({ interfaces: [{ mac: macOfHns }] });
});

it('has no version where the configuration has none: it is 0.1.0', async () => {
  const play = trial({
    conf: 'win-overlay-docker',
    fixture: 'alone',
    keys: { cniVersion: undefined },
    request: { netns: 'none' },
  });
  expect(await play.added()).toMatchObject({
    cniVersion: '0.1.0',
    ip4: { ip: '10.244.3.3/24', gateway: '10.244.3.1' },
  });
});
