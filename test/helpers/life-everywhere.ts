import { expect } from 'vitest';
import type { Json } from './trial-node.ts';

/** A pod as its runtime names it. */
export interface PodName extends Json {
  readonly containerId: string;
  readonly netns: string;
}

/** Where a pod's life plays: on the simulator, or on a node of Windows, which answers later. */
export interface PodPlace {
  readonly network: string;
  readonly first: PodName;
  readonly second: PodName;
  run(
    command: string,
    changes?: Json,
    more?: Json,
  ): Promise<{ readonly exitCode: number | null; readonly document: Json | undefined }>;
  /** ADD of the first pod, or of what is said, which succeeds: its result. */
  added(more?: Json): Promise<Json>;
  /** The pods' endpoints in HNS. */
  pods(): Promise<readonly Json[]> | readonly Json[];
  /** The endpoints of anybody else. */
  others(): Promise<readonly Json[]> | readonly Json[];
  /** The addresses that are leased on the network. */
  leases(): readonly string[];
  /** Lets all leases be an hour old, as those of pods that were not added just now. */
  ageLeases(): void;
  /** Takes the pods' endpoints out of their namespaces, as if ADD had been killed before the last step. */
  detachPods(): Promise<void> | void;
  /** Puts an endpoint of a random id, attached to nothing, in the place of each: as the reference makes them. */
  makeLikeReference(): Promise<void> | void;
  expectNothingLeft(): Promise<void> | void;
}

/** What must hold, in words, and how it is played. */
export type Rule = readonly [title: string, play: (at: PodPlace) => Promise<void>];

const done = { exitCode: 0, document: undefined };

/** What GC collects, and what it leaves. */
export const collects: Rule = [
  'collects what no valid attachment has, and nothing of others',
  async (at) => {
    const { network, second } = at;
    const others = await at.others();
    await at.added();
    await at.added(second);
    const valid = [{ containerID: second.containerId, ifname: 'eth0' }];
    at.ageLeases();
    expect(await at.run('GC', { 'cni.dev/valid-attachments': valid })).toMatchObject(done);
    expect(await at.pods()).toMatchObject([{ Name: `${second.containerId}_${network}` }]);
    expect(at.leases()).toHaveLength(1);
    await at.run('GC', { 'cni.dev/valid-attachments': [] });
    await at.expectNothingLeft();
    expect(await at.others()).toHaveLength(others.length);
  },
];

/** What the plugins make of documents and requests. */
export const rulesEverywhere: readonly Rule[] = [
  [
    'answers a second ADD as the first, with one endpoint and one lease',
    async (at) => {
      const first = await at.added();
      expect(await at.added()).toEqual(first);
      expect(await at.pods()).toHaveLength(1);
      expect(at.leases()).toHaveLength(1);
    },
  ],
  [
    'keeps two interfaces of a pod apart',
    async (at) => {
      const other = { ifName: 'eth1', netns: at.second.netns };
      await at.added();
      await at.added(other);
      expect(await at.pods()).toHaveLength(2);
      expect(await at.run('DEL')).toMatchObject({ exitCode: 0 });
      expect(await at.pods()).toHaveLength(1);
      expect(at.leases()).toHaveLength(1);
      expect(await at.run('DEL', {}, other)).toMatchObject({ exitCode: 0 });
      await at.expectNothingLeft();
    },
  ],
  [
    'collects nothing without the list of what may stay',
    async (at) => {
      await at.added();
      expect(await at.run('GC')).toMatchObject({ exitCode: 0 });
      expect(await at.pods()).toHaveLength(1);
      expect(at.leases()).toHaveLength(1);
      const wrong = [{ containerID: at.second.containerId }];
      const answer = await at.run('GC', { 'cni.dev/valid-attachments': wrong });
      expect(answer.document).toMatchObject({ code: 7 });
      expect(await at.pods()).toHaveLength(1);
    },
  ],
  [
    'takes over what the reference made: deletes it by its name',
    async (at) => {
      await at.added();
      await at.makeLikeReference();
      expect(await at.pods()).toHaveLength(1);
      expect(await at.run('DEL')).toMatchObject({ exitCode: 0 });
      await at.expectNothingLeft();
    },
  ],
  [
    'repairs an endpoint that was made and not attached',
    async (at) => {
      const first = await at.added();
      await at.detachPods();
      expect(await at.added()).toEqual(first);
      const [pod] = await at.pods();
      expect(String(pod?.['HostComputeNamespace']).toLowerCase()).toBe(at.first.netns);
    },
  ],
  [
    'finds a pod as it was set up',
    async (at) => {
      const prevResult = await at.added();
      expect(await at.run('CHECK', { prevResult })).toMatchObject(done);
    },
  ],
  [
    'says of a pod that it is not attached any more',
    async (at) => {
      const prevResult = await at.added();
      await at.detachPods();
      const { document, exitCode } = await at.run('CHECK', { prevResult });
      expect(exitCode).toBe(1);
      expect(document).toMatchObject({ code: 100 });
      expect(document?.['details']).toContain(`namespace: expected ${at.first.netns}, found none`);
    },
  ],
];

/** What HNS does not have: the error is told, and nothing is left behind. */
export const absencesEverywhere: readonly Rule[] = [
  [
    'says that an endpoint or its lease is gone',
    async (at) => {
      const prevResult = await at.added();
      await at.run('DEL');
      const { document } = await at.run('CHECK', { prevResult });
      expect(document).toMatchObject({ code: 100, msg: expect.stringContaining('found none') });
    },
  ],
  [
    'deletes without a netns and without a previous result',
    async (at) => {
      await at.added();
      expect(await at.run('DEL', {}, { netns: '' })).toMatchObject({ exitCode: 0 });
      await at.expectNothingLeft();
    },
  ],
  [
    'leaves nothing behind, and deletes three times without complaint',
    async (at) => {
      const prevResult = await at.added();
      for (let time = 1; time <= 3; time++) {
        expect(await at.run('DEL', { prevResult })).toMatchObject(done);
        await at.expectNothingLeft();
      }
    },
  ],
];
