import { expect, it } from 'vitest';
import { type LifeOptions, openForEach, type Place } from './place.ts';
import { type Json, sandboxes } from './trial-node.ts';

/** Every command that succeeds: what is asked of HNS, and what is answered. */
export function commandsOfPods(place: Place, options: LifeOptions): void {
  const { firstAddress, network } = place;
  const at = openForEach(place, options);

  it('answers ADD with one interface of the name asked for, every address pointing to it', async () => {
    expect(await at().added()).toMatchObject({
      cniVersion: '1.1.0',
      interfaces: [{ name: 'eth0', sandbox: sandboxes.first }],
      ips: [{ address: firstAddress, interface: 0 }],
    });
    expect(at().pods()).toMatchObject([{ Name: `pod1_${network}` }]);
  });

  it('leaves nothing behind, and deletes three times without complaint', async () => {
    const prevResult = await at().added();
    for (let time = 1; time <= 3; time++) {
      expect(await at().run('DEL', { prevResult })).toMatchObject({
        exitCode: 0,
        document: undefined,
      });
      at().expectNothingLeft();
    }
  });

  it('finds a pod as it was set up', async () => {
    const prevResult = await at().added();
    expect(await at().run('CHECK', { prevResult })).toMatchObject({
      exitCode: 0,
      document: undefined,
    });
  });

  it('collects what no valid attachment has, and nothing of others', async () => {
    await at().added();
    await at().added({ containerId: 'pod2', netns: sandboxes.second });
    const gc = await at().run('GC', {
      'cni.dev/valid-attachments': [{ containerID: 'pod2', ifname: 'eth0' }],
    });
    expect(gc).toMatchObject({ exitCode: 0, document: undefined, stderr: '' });
    expect(at().pods()).toMatchObject([{ Name: `pod2_${network}` }]);
    expect(at().node.leases(network)).toHaveLength(1);
    const others = at().node.hns().endpoints.length;
    await at().run('GC', { 'cni.dev/valid-attachments': [] });
    expect(at().pods()).toEqual([]);
    expect(at().node.hns().endpoints).toHaveLength(others - 1);
  });

  it('is ready, and is not without its network', async () => {
    expect(await at().run('STATUS')).toMatchObject({ exitCode: 0, document: undefined });
    at().node.setHns((state) => ({ ...state, networks: [], endpoints: [] }));
    const answer = await at().run('STATUS');
    expect(answer.document).toMatchObject({ code: 50, msg: expect.stringContaining(network) });
  });

  it('asks HNS no more often than promised', async () => {
    const spent = async (step: () => Promise<unknown>) => {
      const before = at().node.calls().length;
      await step();
      return at().node.calls().length - before;
    };
    let prevResult: Json = {};
    const add = await spent(async () => {
      prevResult = await at().added();
    });
    const check = await spent(() => at().run('CHECK', { prevResult }));
    const status = await spent(() => at().run('STATUS'));
    const del = await spent(() => at().run('DEL', { prevResult }));
    expect({ add, check, del, status }).toEqual({ add: 7, check: 3, del: 3, status: 1 });
  });
}
