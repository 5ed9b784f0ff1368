import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  configOf,
  type Json,
  sandboxes,
  type TrialNode,
  type TrialOptions,
  trialNode,
} from './trial-node.ts';

/** Where a case plays: a node, and the configuration its runtime has. */
interface Place {
  readonly fixture: string;
  readonly conf: string;
  readonly network: string;
  readonly firstAddress: string;
}

const places: readonly Place[] = [
  {
    fixture: 'overlay',
    conf: 'flannel-overlay',
    network: 'flannel.4096',
    firstAddress: '10.244.1.2/24',
  },
  // .2 is the host's own on a bridge.
  { fixture: 'host-gw', conf: 'flannel-host-gw', network: 'cbr0', firstAddress: '10.244.2.3/24' },
  { fixture: 'alone', conf: 'win-overlay', network: 'vxlan0', firstAddress: '10.244.3.2/24' },
  { fixture: 'alone', conf: 'win-bridge', network: 'l2br', firstAddress: '10.244.4.10/24' },
];

/** A pod's life on every kind of node: what must hold however HNS is reached. */
export function lifeOfPods(options: TrialOptions): void {
  describe.each(places)('$conf', ({ conf, firstAddress, fixture, network }) => {
    let node: TrialNode;
    let config: Json;
    let plugin: string;
    beforeEach(() => {
      node = trialNode(fixture, options);
      config = configOf(node, conf, { cniVersion: '1.1.0' });
      plugin = String(config['type']);
    });
    afterEach(() => {
      node.remove();
    });

    const run = (command: string, changes: Json = {}, more: Json = {}) =>
      node.run({ plugin, command, config: { ...config, ...changes }, ...more });
    const added = async (more: Json = {}): Promise<Json> => {
      const answer = await run('ADD', {}, more);
      expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
      return answer.document ?? {};
    };
    const pods = () => node.hns().endpoints.filter(({ Name }) => Name !== 'cbr0_ep');
    const expectNothingLeft = () => {
      expect(pods()).toEqual([]);
      expect(node.leases(network)).toEqual([]);
      expect(node.scratchFiles()).toEqual([]);
    };

    it('answers ADD with one interface of the name asked for, every address pointing to it', async () => {
      expect(await added()).toMatchObject({
        cniVersion: '1.1.0',
        interfaces: [{ name: 'eth0', sandbox: sandboxes.first }],
        ips: [{ address: firstAddress, interface: 0 }],
      });
      expect(pods()).toMatchObject([{ Name: `pod1_${network}` }]);
    });

    it('answers a second ADD as the first, with one endpoint and one lease', async () => {
      const first = await added();
      expect(await added()).toEqual(first);
      expect(pods()).toHaveLength(1);
      expect(node.leases(network)).toHaveLength(1);
    });

    it('leaves nothing behind, and deletes three times without complaint', async () => {
      const prevResult = await added();
      for (let time = 1; time <= 3; time++) {
        expect(await run('DEL', { prevResult })).toMatchObject({
          exitCode: 0,
          document: undefined,
        });
        expectNothingLeft();
      }
    });

    it('deletes without a netns and without a previous result', async () => {
      await added();
      expect(await run('DEL', {}, { netns: '' })).toMatchObject({ exitCode: 0 });
      expectNothingLeft();
    });

    it('deletes though the namespace is gone', async () => {
      await added();
      node.setHns((state) => ({
        ...state,
        namespaces: [],
        endpoints: state.endpoints.map(({ HostComputeNamespace: _, ...rest }) => rest),
      }));
      expect(await run('DEL')).toMatchObject({ exitCode: 0 });
      expectNothingLeft();
    });

    it('keeps two interfaces of a pod apart', async () => {
      await added();
      await added({ ifName: 'eth1', netns: sandboxes.second });
      expect(pods()).toHaveLength(2);
      expect(await run('DEL')).toMatchObject({ exitCode: 0 });
      expect(pods()).toHaveLength(1);
      expect(node.leases(network)).toHaveLength(1);
      const del = await run('DEL', {}, { ifName: 'eth1', netns: sandboxes.second });
      expect(del).toMatchObject({ exitCode: 0 });
      expectNothingLeft();
    });

    it('finds a pod as it was set up', async () => {
      const prevResult = await added();
      expect(await run('CHECK', { prevResult })).toMatchObject({
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
      const prevResult = await added();
      node.setHns((state) => ({
        ...state,
        endpoints: state.endpoints.map((entry) =>
          entry['Name'] === 'cbr0_ep' ? entry : change(entry),
        ),
      }));
      const { document, exitCode } = await run('CHECK', { prevResult });
      expect(exitCode).toBe(1);
      expect(document).toMatchObject({ code: 100 });
      expect(document?.['details']).toContain(words);
    });

    it('says that an endpoint or its lease is gone', async () => {
      const prevResult = await added();
      await run('DEL');
      const answer = await run('CHECK', { prevResult });
      expect(answer.document).toMatchObject({
        code: 100,
        msg: expect.stringContaining('found none'),
      });
    });

    it('collects what no valid attachment has, and nothing of others', async () => {
      await added();
      await added({ containerId: 'pod2', netns: sandboxes.second });
      const gc = await run('GC', {
        'cni.dev/valid-attachments': [{ containerID: 'pod2', ifname: 'eth0' }],
      });
      expect(gc).toMatchObject({ exitCode: 0, document: undefined, stderr: '' });
      expect(pods()).toMatchObject([{ Name: `pod2_${network}` }]);
      expect(node.leases(network)).toHaveLength(1);
      const others = node.hns().endpoints.length;
      await run('GC', { 'cni.dev/valid-attachments': [] });
      expect(pods()).toEqual([]);
      expect(node.hns().endpoints).toHaveLength(others - 1);
    });

    it('collects nothing without the list of what may stay', async () => {
      await added();
      expect(await run('GC')).toMatchObject({ exitCode: 0 });
      expect(pods()).toHaveLength(1);
      expect(node.leases(network)).toHaveLength(1);
      const wrong = await run('GC', { 'cni.dev/valid-attachments': [{ containerID: 'pod2' }] });
      expect(wrong.document).toMatchObject({ code: 7 });
      expect(pods()).toHaveLength(1);
    });

    it('is ready, and is not without its network', async () => {
      expect(await run('STATUS')).toMatchObject({ exitCode: 0, document: undefined });
      node.setHns((state) => ({ ...state, networks: [], endpoints: [] }));
      const answer = await run('STATUS');
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
        prevResult = await added();
      });
      const check = await spent(() => run('CHECK', { prevResult }));
      const status = await spent(() => run('STATUS'));
      const del = await spent(() => run('DEL', { prevResult }));
      expect({ add, check, del, status }).toEqual({ add: 7, check: 3, del: 3, status: 1 });
    });

    it('takes everything back when HNS refuses the attachment', async () => {
      node.orderFaults([{ operation: 'ModifyNamespace', code: '0x803B002E', times: 1 }]);
      const answer = await run('ADD');
      expect(answer.document).toMatchObject({
        code: 101,
        details: expect.stringContaining('0x803B002E'),
      });
      expectNothingLeft();
    });

    it('goes on to the next address when HNS says that one is taken', async () => {
      node.orderFaults([{ operation: 'CreateEndpoint', code: '0x803B002F', times: 2 }]);
      const { ips } = await added();
      expect(ips).not.toMatchObject([{ address: firstAddress }]);
      expect(node.leases(network)).toHaveLength(1);
    });

    it('gives up after eight taken addresses, and holds none of them', async () => {
      node.orderFaults([{ operation: 'CreateEndpoint', code: '0x80071392' }]);
      expect((await run('ADD')).document).toMatchObject({ code: 101 });
      expectNothingLeft();
    });

    it('keeps the lease of an endpoint that cannot be deleted, and says so', async () => {
      await added();
      node.orderFaults([{ operation: 'DeleteEndpoint', code: '0x80004005', times: 1 }]);
      expect((await run('DEL')).document).toMatchObject({ code: 101 });
      expect(node.leases(network)).toHaveLength(1);
      expect(await run('DEL')).toMatchObject({ exitCode: 0 });
      expectNothingLeft();
    });

    it('tries again while HNS is busy', async () => {
      node.orderFaults([
        { operation: 'GET /networks', code: '0x803B0020', times: 1 },
        { operation: 'CreateEndpoint', code: '0x800706BA', times: 1 },
      ]);
      expect(await added()).toMatchObject({ ips: [{ address: firstAddress }] });
      expect(pods()).toHaveLength(1);
    });

    it('waits for a network that is not there yet, then asks to be tried again', async () => {
      node.setHns((state) => ({ ...state, networks: [], endpoints: [] }));
      const answer = await run('ADD');
      expect(answer.document).toMatchObject({ code: 11, msg: expect.stringContaining(network) });
      expectNothingLeft();
    });

    it('repairs an endpoint that was made and not attached', async () => {
      const first = await added();
      node.setHns((state) => ({
        ...state,
        endpoints: state.endpoints.map(({ HostComputeNamespace: _, ...rest }) => rest),
        namespaces: state.namespaces.map((entry) => ({ ...entry, Resources: [] })),
      }));
      expect(await added()).toEqual(first);
      expect(pods()).toMatchObject([{ HostComputeNamespace: sandboxes.first.toUpperCase() }]);
    });

    it('takes over what the reference made: deletes it by its name', async () => {
      await added();
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
      expect(await run('DEL')).toMatchObject({ exitCode: 0 });
      expectNothingLeft();
    });

    it.each<[string, Json, number]>([
      ['no JSON object in policies', { policies: [{ name: 'EndpointPolicy', value: 5 }] }, 7],
      ['a sandbox of nobody', {}, 4],
    ])('refuses %s before it touches anything', async (_, changes, code) => {
      const wrong =
        plugin === 'flannel' ? { delegate: { type: 'win-bridge', ...changes } } : changes;
      const netns = code === 4 ? '/var/run/netns/x' : sandboxes.first;
      const { document }: Answer = await run('ADD', wrong, { netns });
      expect(document).toMatchObject({ code });
      expectNothingLeft();
    });
  });
}
