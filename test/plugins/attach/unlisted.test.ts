import { describe, expect, it } from 'vitest';
import { silent, trial } from './trial.ts';

/** An endpoint of the pod's that V1 made, as the reference does, and that V2's lists lack. */
async function madeByV1() {
  const play = trial({
    conf: 'win-bridge',
    fixture: 'alone',
    keys: { cniVersion: '1.1.0' },
  });
  const prevResult = await play.added({}, { netns: 'none' });
  // In a namespace, as containerd has its pods.
  play.node.setHns((state) => ({
    ...state,
    endpoints: state.endpoints.map(({ SharedContainers: _, ...endpoint }) => endpoint),
  }));
  return { play, prevResult };
}

describe('an endpoint that V1 made and V2 does not list', () => {
  it('is deleted by DEL, with its lease', async () => {
    const { play } = await madeByV1();
    expect(await play.run('DEL')).toEqual(silent);
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });

  it('is collected by GC', async () => {
    const { play } = await madeByV1();
    expect(await play.run('GC', { 'cni.dev/valid-attachments': [] })).toEqual(silent);
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });

  it('is replaced where HNS says that the address is taken: the pod keeps its own', async () => {
    const { play, prevResult } = await madeByV1();
    const { ips } = await play.added();
    expect(ips).toEqual(prevResult['ips']);
    expect(play.pod()).toMatchObject({ SchemaVersion: { Major: 2 } });
    expect(play.node.leases('l2br')).toEqual(['10.244.4.10']);
  });

  it('is seen by CHECK: it says where it is, not that there is none', async () => {
    const { play, prevResult } = await madeByV1();
    const { document } = await play.run('CHECK', { prevResult });
    expect(document).toMatchObject({ code: 100 });
    expect(document?.['details']).toMatch(/^namespace: expected \S+, found none$/);
  });

  it('costs the usual commands no call, and a DEL that finds nothing one', async () => {
    const play = trial({ conf: 'win-bridge', fixture: 'alone', keys: { cniVersion: '1.1.0' } });
    expect(await play.spent(() => play.added())).toBe(7);
    play.node.ageLeases();
    expect(await play.spent(() => play.run('DEL'))).toBe(3);
    // Out of the namespace (2), ours by its id, the name in V2's list, the name in V1's.
    expect(await play.spent(() => play.run('DEL'))).toBe(5);
  });
});
