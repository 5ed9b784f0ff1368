import { describe, expect, it } from 'vitest';
import type { Look } from '../../../../plugins/wincni/facts/facts.ts';
import { judgedLooks } from '../../../../plugins/wincni/pods/looks.ts';
import { proofs } from '../../../../plugins/wincni/pods/proof.ts';
import { healthyFacts } from '../../../helpers/facts-files.ts';

const [one, other] = healthyFacts('server-2022-host-gw').looks;
if (!one || !other) throw new Error('the healthy node has two looks');
const looks: readonly [Look, Look] = [one, other];
const [first, second] = (one.sandboxes ?? []).map(({ id }) => id);
const hour = 3_600_000;
const known = {
  networks: new Set(['cbr0']),
  namespaces: new Set<string>(),
  hostNamespaces: new Set(['c1f5d0a2-6b3e-4f47-9d18-2e7a5b904001']),
};

type Change = (look: Look) => Look;

const namespaceGone: Change = (look) => ({
  ...look,
  namespaces: (look.namespaces ?? []).filter((id) => !id.endsWith('b002')),
});
const podGone: Change = (look) => ({
  ...look,
  sandboxes: (look.sandboxes ?? []).filter(({ id }) => id !== second),
});
const runtimeSilent: Change = ({ sandboxes: _, ...look }) => look;
const noLeases: Change = (look) => ({ ...look, leases: [], scratch: [] });
const endpointGone: Change = (look) => ({
  ...look,
  endpoints: (look.endpoints ?? []).filter(({ Name }) => !String(Name).startsWith(second ?? '-')),
});
const unattached: Change = (look) => ({
  ...look,
  endpoints: (look.endpoints ?? []).map((endpoint) => {
    if (!String(endpoint['Name']).startsWith(second ?? '-')) return endpoint;
    const { Namespace: _, ...rest } = endpoint;
    return { ...rest, SharedContainers: [], State: 1 };
  }),
});
const addressOfAnother: Change = (look) => ({
  ...look,
  endpoints: (look.endpoints ?? []).map((endpoint) =>
    String(endpoint['Name']).startsWith(first ?? '-')
      ? { ...endpoint, IPAddress: '10.244.22.8' }
      : endpoint,
  ),
});
const anotherRuntime: Change = (look) => ({
  ...look,
  sandboxes: [{ id: 'f'.repeat(64), name: 'x', namespace: 'x', state: 'SANDBOX_READY' }],
});
/** Docker's containers have no namespace: HNS lists them by their names. */
const ofDocker: Change = (look) => ({
  ...look,
  endpoints: (look.endpoints ?? []).map((endpoint) => {
    if (!String(endpoint['Name']).startsWith(second ?? '-')) return endpoint;
    const { Namespace: _, ...rest } = endpoint;
    return { ...rest, SharedContainers: [second] };
  }),
});
const aged =
  (minutes: number): Change =>
  (look) => ({
    ...look,
    leases: look.leases.map((lease) => ({ ...lease, modified: one.at - minutes * 60_000 })),
  });
const young = aged(1);
const youngScratch: Change = (look) => ({
  ...look,
  leases: [],
  scratch: look.scratch.map((each) => ({ ...each, modified: one.at - 60_000 })),
});
const future: Change = (look) => ({
  ...look,
  leases: look.leases.map((lease) => ({ ...lease, modified: one.at + hour })),
});

/** What is said of the second pod, once both looks are changed so. */
function said(changes: readonly Change[], onlyLast: readonly Change[] = [], networks = known) {
  const all = (look: Look, list: readonly Change[]) => list.reduce((each, act) => act(each), look);
  const changed = [all(looks[0], changes), all(looks[1], [...changes, ...onlyLast])];
  const judged = judgedLooks(changed, ['cbr0']);
  if (!judged) throw new Error('there are looks');
  const { dead, why } = proofs(judged, networks).find(({ row }) => row.container === second) ?? {};
  return { dead, why };
}

describe('what is proven to be of no pod any more', () => {
  it('is nothing on a node that is well', () => {
    expect(proofs(judgedLooks(looks, ['cbr0']) ?? expect.fail(), known)).toEqual([]);
    expect(said([runtimeSilent])).toEqual({ dead: undefined, why: undefined });
  });

  it.each([
    ['the runtime does not know it', [podGone], 'the runtime knows no such pod'],
    ['its namespace is gone', [runtimeSilent, namespaceGone], 'namespace does not exist'],
    [
      'its namespace is gone, and nothing tells its age',
      [runtimeSilent, namespaceGone, noLeases],
      'namespace does not exist',
    ],
    [
      'it has no endpoint, and every namespace has one',
      [runtimeSilent, namespaceGone, endpointGone],
      'no endpoint has its address',
    ],
    [
      'it is attached to nothing, and the runtime does not know it',
      [podGone, unattached],
      'knows no',
    ],
  ])('%s', (_, changes, why) => {
    expect(said(changes)).toEqual({ dead: true, why: expect.stringContaining(why) });
  });

  it.each([
    ['the runtime has it', [namespaceGone], 'the runtime has this pod'],
    ['the lease is young', [podGone, young], 'younger than 10 minutes'],
    ['the lease is of the future', [podGone, future], 'younger than 10 minutes'],
    ['the scratch file is young', [podGone, youngScratch], 'younger than 10 minutes'],
    // kubelet gives RunPodSandbox four minutes, and containerd lists a sandbox when all of it is done.
    ['its sandbox may not be started yet', [podGone, aged(4)], 'younger than 10 minutes'],
    [
      'the lease is young, though its namespace is gone',
      [runtimeSilent, namespaceGone, young],
      'younger',
    ],
    [
      'the runtime does not know it, but nothing tells its age',
      [podGone, noLeases],
      'nothing tells how old',
    ],
    ['the endpoint is attached to nothing', [runtimeSilent, unattached], 'attached to nothing'],
    [
      'another endpoint has its address',
      [podGone, endpointGone, addressOfAnother],
      'has its address',
    ],
    [
      'a namespace has no endpoint, in which it may live',
      [runtimeSilent, endpointGone],
      'its pod may be this one',
    ],
    [
      'the runtime that was asked knows none of the pods that are there',
      [anotherRuntime, endpointGone],
      'its pod may be this one',
    ],
  ])('but not where %s', (_, changes, why) => {
    expect(said(changes)).toEqual({ dead: false, why: expect.stringContaining(why) });
  });

  it.each([
    ['namespace', [runtimeSilent], [namespaceGone]],
    ['endpoint', [podGone], [endpointGone]],
    ['pod', [], [podGone]],
  ])('but not where one look alone misses the %s', (_, both, last) => {
    expect(said(both, last)).toEqual({ dead: false, why: expect.stringContaining('seen once') });
  });

  it("is no pod of Docker's where containerd was asked, which has pods of its own here", () => {
    expect(said([podGone, ofDocker])).toEqual({ dead: undefined, why: undefined });
  });

  it('but not where the other dialect has its namespace', () => {
    const namespaces = new Set(one.namespaces);
    expect(said([runtimeSilent, namespaceGone], [], { ...known, namespaces })).toEqual({
      dead: false,
      why: expect.stringContaining('does not tell'),
    });
  });

  it('but not where HNS has lost the network', () => {
    const lost = { ...known, networks: new Set<string>() };
    expect(said([runtimeSilent, namespaceGone, endpointGone], [], lost)).toEqual({
      dead: false,
      why: expect.stringContaining('HNS has no such network'),
    });
  });
});
