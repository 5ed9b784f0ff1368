import { expect, it } from 'vitest';
import { type LifeOptions, openForEach, type Place } from './place.ts';
import { type Json, sandboxes } from './trial-node.ts';

/** What the plugins make of documents and requests, whatever way these came. */
export function rulesOfPods(place: Place, options: LifeOptions): void {
  const { network } = place;
  const at = openForEach(place, options);

  it('answers a second ADD as the first, with one endpoint and one lease', async () => {
    const first = await at().added();
    expect(await at().added()).toEqual(first);
    expect(at().pods()).toHaveLength(1);
    expect(at().node.leases(network)).toHaveLength(1);
  });

  it('keeps two interfaces of a pod apart', async () => {
    await at().added();
    await at().added({ ifName: 'eth1', netns: sandboxes.second });
    expect(at().pods()).toHaveLength(2);
    expect(await at().run('DEL')).toMatchObject({ exitCode: 0 });
    expect(at().pods()).toHaveLength(1);
    expect(at().node.leases(network)).toHaveLength(1);
    const del = await at().run('DEL', {}, { ifName: 'eth1', netns: sandboxes.second });
    expect(del).toMatchObject({ exitCode: 0 });
    at().expectNothingLeft();
  });

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
    [
      'the attachment',
      ({ HostComputeNamespace: _, ...rest }) => rest,
      `namespace: expected ${sandboxes.first}, found none`,
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

  it('collects nothing without the list of what may stay', async () => {
    await at().added();
    expect(await at().run('GC')).toMatchObject({ exitCode: 0 });
    expect(at().pods()).toHaveLength(1);
    expect(at().node.leases(network)).toHaveLength(1);
    const wrong = await at().run('GC', { 'cni.dev/valid-attachments': [{ containerID: 'pod2' }] });
    expect(wrong.document).toMatchObject({ code: 7 });
    expect(at().pods()).toHaveLength(1);
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

  it('takes over what the reference made: deletes it by its name', async () => {
    await at().added();
    at().node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map((entry) =>
        entry['Name'] === 'cbr0_ep'
          ? entry
          : {
              ...entry,
              ID: 'C0FFEE00-1234-4ABC-8DEF-001122334455',
              HostComputeNamespace: undefined,
            },
      ),
      namespaces: state.namespaces.map((entry) => ({ ...entry, Resources: [] })),
    }));
    expect(await at().run('DEL')).toMatchObject({ exitCode: 0 });
    at().expectNothingLeft();
  });

  it('repairs an endpoint that was made and not attached', async () => {
    const first = await at().added();
    at().node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map(({ HostComputeNamespace: _, ...rest }) => rest),
      namespaces: state.namespaces.map((entry) => ({ ...entry, Resources: [] })),
    }));
    expect(await at().added()).toEqual(first);
    expect(at().pods()).toMatchObject([{ HostComputeNamespace: sandboxes.first.toUpperCase() }]);
  });

  it('finds a pod as it was set up', async () => {
    const prevResult = await at().added();
    expect(await at().run('CHECK', { prevResult })).toMatchObject({
      exitCode: 0,
      document: undefined,
    });
  });
}
