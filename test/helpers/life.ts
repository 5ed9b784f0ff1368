import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenPlace, openPlace, type Place, places } from './place.ts';
import { repairsOfPods } from './repairs.ts';
import { type Json, sandboxes, type TrialNode, type TrialOptions } from './trial-node.ts';

/** A pod's life on every kind of node: what must hold however HNS is reached. */
export function lifeOfPods(options: TrialOptions): void {
  describe.each(places)('$conf', (place) => {
    dailyLife(place, options);
    repairsOfPods(place, options);
  });
}

function dailyLife(place: Place, options: TrialOptions): void {
  describe('day by day', () => {
    const { firstAddress, network } = place;
    let at: OpenPlace;
    let node: TrialNode;
    beforeEach(() => {
      at = openPlace(place, options);
      node = at.node;
    });
    afterEach(() => {
      node.remove();
    });

    it('answers ADD with one interface of the name asked for, every address pointing to it', async () => {
      expect(await at.added()).toMatchObject({
        cniVersion: '1.1.0',
        interfaces: [{ name: 'eth0', sandbox: sandboxes.first }],
        ips: [{ address: firstAddress, interface: 0 }],
      });
      expect(at.pods()).toMatchObject([{ Name: `pod1_${network}` }]);
    });

    it('answers a second ADD as the first, with one endpoint and one lease', async () => {
      const first = await at.added();
      expect(await at.added()).toEqual(first);
      expect(at.pods()).toHaveLength(1);
      expect(node.leases(network)).toHaveLength(1);
    });

    it('leaves nothing behind, and deletes three times without complaint', async () => {
      const prevResult = await at.added();
      for (let time = 1; time <= 3; time++) {
        expect(await at.run('DEL', { prevResult })).toMatchObject({
          exitCode: 0,
          document: undefined,
        });
        at.expectNothingLeft();
      }
    });

    it('deletes without a netns and without a previous result', async () => {
      await at.added();
      expect(await at.run('DEL', {}, { netns: '' })).toMatchObject({ exitCode: 0 });
      at.expectNothingLeft();
    });

    it('deletes though the namespace is gone', async () => {
      await at.added();
      node.setHns((state) => ({
        ...state,
        namespaces: [],
        endpoints: state.endpoints.map(({ HostComputeNamespace: _, ...rest }) => rest),
      }));
      expect(await at.run('DEL')).toMatchObject({ exitCode: 0 });
      at.expectNothingLeft();
    });

    it('keeps two interfaces of a pod apart', async () => {
      await at.added();
      await at.added({ ifName: 'eth1', netns: sandboxes.second });
      expect(at.pods()).toHaveLength(2);
      expect(await at.run('DEL')).toMatchObject({ exitCode: 0 });
      expect(at.pods()).toHaveLength(1);
      expect(node.leases(network)).toHaveLength(1);
      const del = await at.run('DEL', {}, { ifName: 'eth1', netns: sandboxes.second });
      expect(del).toMatchObject({ exitCode: 0 });
      at.expectNothingLeft();
    });

    it('finds a pod as it was set up', async () => {
      const prevResult = await at.added();
      expect(await at.run('CHECK', { prevResult })).toMatchObject({
        exitCode: 0,
        document: undefined,
      });
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
      const prevResult = await at.added();
      node.setHns((state) => ({
        ...state,
        endpoints: state.endpoints.map((entry) =>
          entry['Name'] === 'cbr0_ep' ? entry : change(entry),
        ),
      }));
      const { document, exitCode } = await at.run('CHECK', { prevResult });
      expect(exitCode).toBe(1);
      expect(document).toMatchObject({ code: 100 });
      expect(document?.['details']).toContain(words);
    });

    it('says that an endpoint or its lease is gone', async () => {
      const prevResult = await at.added();
      await at.run('DEL');
      const answer = await at.run('CHECK', { prevResult });
      expect(answer.document).toMatchObject({
        code: 100,
        msg: expect.stringContaining('found none'),
      });
    });

    it('collects what no valid attachment has, and nothing of others', async () => {
      await at.added();
      await at.added({ containerId: 'pod2', netns: sandboxes.second });
      const gc = await at.run('GC', {
        'cni.dev/valid-attachments': [{ containerID: 'pod2', ifname: 'eth0' }],
      });
      expect(gc).toMatchObject({ exitCode: 0, document: undefined, stderr: '' });
      expect(at.pods()).toMatchObject([{ Name: `pod2_${network}` }]);
      expect(node.leases(network)).toHaveLength(1);
      const others = node.hns().endpoints.length;
      await at.run('GC', { 'cni.dev/valid-attachments': [] });
      expect(at.pods()).toEqual([]);
      expect(node.hns().endpoints).toHaveLength(others - 1);
    });

    it('collects nothing without the list of what may stay', async () => {
      await at.added();
      expect(await at.run('GC')).toMatchObject({ exitCode: 0 });
      expect(at.pods()).toHaveLength(1);
      expect(node.leases(network)).toHaveLength(1);
      const wrong = await at.run('GC', { 'cni.dev/valid-attachments': [{ containerID: 'pod2' }] });
      expect(wrong.document).toMatchObject({ code: 7 });
      expect(at.pods()).toHaveLength(1);
    });

    it('is ready, and is not without its network', async () => {
      expect(await at.run('STATUS')).toMatchObject({ exitCode: 0, document: undefined });
      node.setHns((state) => ({ ...state, networks: [], endpoints: [] }));
      const answer = await at.run('STATUS');
      expect(answer.document).toMatchObject({ code: 50, msg: expect.stringContaining(network) });
    });

    it('asks HNS no more often than promised', async () => {
      const spent = async (step: () => Promise<unknown>) => {
        const before = node.calls().length;
        await step();
        return node.calls().length - before;
      };
      let prevResult: Json = {};
      const add = await spent(async () => {
        prevResult = await at.added();
      });
      const check = await spent(() => at.run('CHECK', { prevResult }));
      const status = await spent(() => at.run('STATUS'));
      const del = await spent(() => at.run('DEL', { prevResult }));
      expect({ add, check, del, status }).toEqual({ add: 7, check: 3, del: 3, status: 1 });
    });
  });
}
