import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenPlace, openPlace, type Place } from './place.ts';
import { type Json, sandboxes, type TrialNode, type TrialOptions } from './trial-node.ts';

/** What HNS refuses, and what is found half made: nothing is left behind, and all is mended. */
export function repairsOfPods(place: Place, options: TrialOptions): void {
  describe('in trouble', () => {
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

    it('takes everything back when HNS refuses the attachment', async () => {
      node.orderFaults([{ operation: 'ModifyNamespace', code: '0x803B002E', times: 1 }]);
      const answer = await at.run('ADD');
      expect(answer.document).toMatchObject({
        code: 101,
        details: expect.stringContaining('0x803B002E'),
      });
      at.expectNothingLeft();
    });

    it('takes an endpoint back whose creation was not answered', async () => {
      node.orderFaults([{ operation: 'QueryEndpointProperties', code: '0x80004005', times: 1 }]);
      expect((await at.run('ADD')).document).toMatchObject({ code: 101 });
      at.expectNothingLeft();
    });

    it('goes on to the next address when HNS says that one is taken', async () => {
      node.orderFaults([{ operation: 'CreateEndpoint', code: '0x803B002F', times: 2 }]);
      const { ips } = await at.added();
      expect(ips).not.toMatchObject([{ address: firstAddress }]);
      expect(node.leases(network)).toHaveLength(1);
    });

    it('gives up after eight taken addresses, and holds none of them', async () => {
      node.orderFaults([{ operation: 'CreateEndpoint', code: '0x80071392' }]);
      expect((await at.run('ADD')).document).toMatchObject({ code: 101 });
      at.expectNothingLeft();
    });

    it('keeps the lease of an endpoint that cannot be deleted, and says so', async () => {
      await at.added();
      node.orderFaults([{ operation: 'DeleteEndpoint', code: '0x80004005', times: 1 }]);
      expect((await at.run('DEL')).document).toMatchObject({ code: 101 });
      expect(node.leases(network)).toHaveLength(1);
      expect(await at.run('DEL')).toMatchObject({ exitCode: 0 });
      at.expectNothingLeft();
    });

    it('tries again while HNS is busy', async () => {
      node.orderFaults([
        { operation: 'GET /networks', code: '0x803B0020', times: 1 },
        { operation: 'CreateEndpoint', code: '0x800706BA', times: 1 },
      ]);
      expect(await at.added()).toMatchObject({ ips: [{ address: firstAddress }] });
      expect(at.pods()).toHaveLength(1);
    });

    it('waits for a network that is not there yet, then asks to be tried again', async () => {
      node.setHns((state) => ({ ...state, networks: [], endpoints: [] }));
      const answer = await at.run('ADD');
      expect(answer.document).toMatchObject({ code: 11, msg: expect.stringContaining(network) });
      at.expectNothingLeft();
    });

    it('repairs an endpoint that was made and not attached', async () => {
      const first = await at.added();
      node.setHns((state) => ({
        ...state,
        endpoints: state.endpoints.map(({ HostComputeNamespace: _, ...rest }) => rest),
        namespaces: state.namespaces.map((entry) => ({ ...entry, Resources: [] })),
      }));
      expect(await at.added()).toEqual(first);
      expect(at.pods()).toMatchObject([{ HostComputeNamespace: sandboxes.first.toUpperCase() }]);
    });

    it('takes over what the reference made: deletes it by its name', async () => {
      await at.added();
      node.setHns((state) => ({
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
      expect(await at.run('DEL')).toMatchObject({ exitCode: 0 });
      at.expectNothingLeft();
    });

    it.each<[string, Json, number]>([
      ['no JSON object in policies', { policies: [{ name: 'EndpointPolicy', value: 5 }] }, 7],
      ['a sandbox of nobody', {}, 4],
    ])('refuses %s before it touches anything', async (_, changes, code) => {
      const wrong =
        at.plugin === 'flannel' ? { delegate: { type: 'win-bridge', ...changes } } : changes;
      const netns = code === 4 ? '/var/run/netns/x' : sandboxes.first;
      const { document } = await at.run('ADD', wrong, { netns });
      expect(document).toMatchObject({ code });
      at.expectNothingLeft();
    });
  });
}
