import { expect, it } from 'vitest';
import { rulesEverywhere } from './life-everywhere.ts';
import { type LifeOptions, openForEach, type Place } from './place.ts';
import { type Json, sandboxes } from './trial-node.ts';

/** What the plugins make of documents and requests, whatever way these came. */
export function rulesOfPods(place: Place, options: LifeOptions): void {
  const at = openForEach(place, options);

  it.each(rulesEverywhere)('%s', (_, play) => play(at()));

  it.each<[string, (endpoint: Json) => Json, string]>([
    ['a policy', (endpoint) => ({ ...endpoint, Policies: [] }), 'policy: expected OutBoundNAT'],
    [
      'an address',
      (endpoint) => ({
        ...endpoint,
        IpConfigurations: [{ IpAddress: '10.1.2.3', PrefixLength: 8 }],
      }),
      'found 10.1.2.3',
    ],
    ['a route', (endpoint) => ({ ...endpoint, Routes: [] }), 'route to 0.0.0.0/0: expected'],
    [
      'the MAC address',
      (endpoint) => ({ ...endpoint, MacAddress: '00-11-22-33-44-55' }),
      'found 00-11-22-33-44-55',
    ],
  ])('says of a pod what differs: %s', async (_, change, words) => {
    const prevResult = await at().added();
    at().node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map((entry) =>
        entry['Name'] === 'cbr0_ep' ? entry : change(entry),
      ),
    }));
    const { document, exitCode } = await at().run('CHECK', { prevResult });
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({ code: 100 });
    expect(document?.['details']).toContain(words);
  });

  it.each<[string, Json, number]>([
    ['no JSON object in policies', { policies: [{ name: 'EndpointPolicy', value: 5 }] }, 7],
    ['a sandbox of nobody', {}, 4],
  ])('refuses %s before it changes anything', async (_, changes, code) => {
    const wrong =
      at().plugin === 'flannel' ? { delegate: { type: 'win-bridge', ...changes } } : changes;
    const netns = code === 4 ? '/var/run/netns/x' : sandboxes.first;
    const { document } = await at().run('ADD', wrong, { netns });
    expect(document).toMatchObject({ code });
    // flannel has its delegate delete what it refused: that finds nothing.
    const made = at()
      .node.calls()
      .filter((call) => call.code === null && !/^(?:Open|Enum|Query|GET)/.test(call.operation));
    expect(made).toEqual([]);
    at().expectNothingLeft();
  });
}
