import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../cni/json-object.ts';
import { type Mode, modes } from '../../../plugins/attach/modes.ts';
import { planFor } from './plan-trial.ts';

describe('DNS', () => {
  const dns = {
    nameservers: ['10.96.0.10'],
    search: ['svc.cluster.local'],
    domain: 'cluster.local',
    options: ['ndots:5'],
  };
  it.each<[string, JsonObject, JsonObject]>([
    [
      'of the configuration',
      { dns },
      {
        ServerList: ['10.96.0.10'],
        Search: ['svc.cluster.local'],
        Domain: 'cluster.local',
        Options: ['ndots:5'],
      },
    ],
    [
      'of the runtime, field by field',
      { dns, runtimeConfig: { dns: { servers: ['10.0.0.53'], searches: [] } } },
      {
        ServerList: ['10.0.0.53'],
        Search: ['svc.cluster.local'],
        Domain: 'cluster.local',
        Options: ['ndots:5'],
      },
    ],
    [
      'in any letter case',
      { DNS: { Nameservers: ['10.96.0.10'] } },
      { ServerList: ['10.96.0.10'] },
    ],
  ])('%s', (_, config, expected) => {
    expect(planFor(modes.bridge, config).endpoint.Dns).toEqual(expected);
  });
});

describe('the pod’s namespace', () => {
  const args = { K8S_POD_NAMESPACE: 'shop' };
  const search = (mode: Mode, list: string[], more: JsonObject = {}, given = args) =>
    planFor(mode, { dns: { search: list }, ...more }, { args: given }).endpoint.Dns?.Search;

  it.each([modes.sdnBridge, modes.sdnOverlay, modes.nat])(
    'goes before the first search of $name, whatever that is',
    (mode) => {
      expect(search(mode, ['svc.cluster.local', 'lan'])).toEqual(['shop.svc.cluster.local', 'lan']);
      expect(search(mode, ['lan', 'svc.cluster.local'])).toEqual(['shop.lan', 'svc.cluster.local']);
      expect(search(mode, [])).toBeUndefined();
    },
  );

  it.each([modes.bridge, modes.overlay, modes.transparent])('does not for $name', (mode) => {
    expect(search(mode, ['svc.cluster.local'])).toEqual(['svc.cluster.local']);
  });

  it('does not before the searches of the runtime, nor when there is none', () => {
    const runtimeConfig = { dns: { searches: ['svc.cluster.local'] } };
    expect(search(modes.sdnBridge, ['svc.cluster.local'], { runtimeConfig })).toEqual([
      'svc.cluster.local',
    ]);
    const bare = { dns: { search: ['svc.cluster.local'] } };
    expect(planFor(modes.sdnBridge, bare).endpoint.Dns?.Search).toEqual(['svc.cluster.local']);
  });
});
