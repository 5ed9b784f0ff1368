import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { absencesEverywhere } from './life-everywhere.ts';
import { type LifeOptions, openForEach, type Place } from './place.ts';

/** What HNS refuses or does not have: the error is told, and nothing is left behind. */
export function refusalsOfHns(place: Place, options: LifeOptions): void {
  const { firstAddress, network } = place;
  const at = openForEach(place, options);

  it.each(absencesEverywhere)('%s', (_, play) => play(at()));

  it('takes everything back when HNS refuses the attachment', async () => {
    at().node.orderFaults([{ operation: 'ModifyNamespace', code: '0x803B002E', times: 1 }]);
    const answer = await at().run('ADD');
    expect(answer.document).toMatchObject({
      code: 101,
      details: expect.stringContaining('0x803B002E'),
    });
    at().expectNothingLeft();
  });

  it('takes an endpoint back whose creation was not answered', async () => {
    at().node.orderFaults([{ operation: 'QueryEndpointProperties', code: '0x80004005', times: 1 }]);
    expect((await at().run('ADD')).document).toMatchObject({ code: 101 });
    at().expectNothingLeft();
  });

  it('goes on to the next address when HNS says that one is taken', async () => {
    at().node.orderFaults([{ operation: 'CreateEndpoint', code: '0x803B002F', times: 2 }]);
    // Two were taken: it is the third.
    const third = firstAddress.replace(/\d+(?=\/)/, (last) => String(Number(last) + 2));
    expect(await at().added()).toMatchObject({ ips: [{ address: third }] });
    expect(at().node.leases(network)).toHaveLength(1);
  });

  it('gives up after eight taken addresses, and holds none of them', async () => {
    at().node.orderFaults([{ operation: 'CreateEndpoint', code: '0x80071392' }]);
    expect((await at().run('ADD')).document).toMatchObject({ code: 101 });
    const tries = at()
      .node.calls()
      .filter(({ operation }) => operation === 'CreateEndpoint');
    expect(tries).toHaveLength(8);
    expect(new Set(tries.map(({ target }) => target)).size).toBe(1);
    at().expectNothingLeft();
  });

  it('keeps the lease of an endpoint that cannot be deleted, and says so', async () => {
    await at().added();
    at().node.orderFaults([{ operation: 'DeleteEndpoint', code: '0x80004005', times: 1 }]);
    expect((await at().run('DEL')).document).toMatchObject({ code: 101 });
    expect(at().node.leases(network)).toHaveLength(1);
    expect(await at().run('DEL')).toMatchObject({ exitCode: 0 });
    at().expectNothingLeft();
  });

  it('tries again while HNS is busy', async () => {
    at().node.orderFaults([
      { operation: 'GET /networks', code: '0x803B0020', times: 1 },
      { operation: 'CreateEndpoint', code: '0x800706BA', times: 1 },
    ]);
    expect(await at().added()).toMatchObject({ ips: [{ address: firstAddress }] });
    expect(at().pods()).toHaveLength(1);
    const refused = at()
      .node.calls()
      .filter(({ code }) => code !== null);
    expect(refused.map(({ code }) => code)).toEqual(['0x803B0020', '0x800706BA']);
  });

  it('waits for a network that is not there yet, then asks to be tried again', async () => {
    at().node.setHns((state) => ({ ...state, networks: [], endpoints: [] }));
    const answer = await at().run('ADD');
    expect(answer.document).toMatchObject({ code: 11, msg: expect.stringContaining(network) });
    const looks = at()
      .node.calls()
      .filter(({ operation }) => operation === 'GET /networks');
    expect(looks.length).toBeGreaterThan(2);
    at().expectNothingLeft();
  });

  it('deletes though the namespace is gone', async () => {
    await at().added();
    at().node.setHns((state) => ({
      ...state,
      namespaces: [],
      endpoints: state.endpoints.map(({ HostComputeNamespace: _, ...rest }) => rest),
    }));
    expect(await at().run('DEL')).toMatchObject({ exitCode: 0 });
    at().expectNothingLeft();
  });

  it('is ready, and is not without its network', async () => {
    expect(await at().run('STATUS')).toMatchObject({ exitCode: 0, document: undefined });
    at().node.setHns((state) => ({ ...state, networks: [], endpoints: [] }));
    // The last good answer would serve a while.
    rmSync(at().node.stateFolder, { recursive: true, force: true });
    const answer = await at().run('STATUS');
    expect(answer.document).toMatchObject({ code: 50, msg: expect.stringContaining(network) });
  });
}
