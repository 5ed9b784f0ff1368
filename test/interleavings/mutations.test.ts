import { describe, expect, it } from 'vitest';
import type { Files } from '../../system/host.ts';
import { bridge, hostLocal } from '../crash/chains.ts';
import { isLong } from '../helpers/long.ts';
import { type Planned, play } from './bouts.ts';
import { type End, explore } from './explore.ts';
import { holdingsOf } from './holdings.ts';
import { bystander, inhabitedWorld, paths, playOf, type Setting } from './node.ts';
import { type Play, programOf } from './program.ts';

/**
 * A checker that can find nothing is of no use: commands are made to do without one of their precautions,
 * by a file system that pretends, and it must find what comes of it.
 */
const ipam = {
  type: 'host-local',
  dataDir: paths.leaseFolder,
  subnet: '10.20.0.0/24',
  rangeStart: '10.20.0.10',
  rangeEnd: '10.20.0.11',
};
const setting: Setting = { chain: hostLocal, keys: { ipam }, isScarce: true };

const isLease = (path: string) => /\/\d[\d.]*$/.test(path);

/** A name that is taken is taken over. */
const takingOver = (files: Files): Files => ({
  ...files,
  link(from, to) {
    if (isLease(to)) files.overwrite(to, files.read(from));
    else files.link(from, to);
  },
});

/** A lease that was taken is there for ever, for whoever took it. */
const withoutLastLook = (files: Files): Files => {
  const taken = new Map<string, string>();
  return {
    ...files,
    link(from, to) {
      files.link(from, to);
      taken.set(to, files.read(from));
    },
    read: (path) => taken.get(path) ?? files.read(path),
  };
};

/** Nobody else has a claim, and what is moved aside is what it was at the look before. */
const withoutClaims = (files: Files): Files => {
  const seen = new Map<string, string>();
  return {
    ...files,
    list: (folder, limit) => (folder.endsWith('/.claims') ? [] : files.list(folder, limit)),
    read(path) {
      const name = path.split(/[/-]/).at(-1) ?? '';
      const before = isLease(path) ? undefined : seen.get(name);
      if (before !== undefined) return before;
      const text = files.read(path);
      if (isLease(path)) seen.set(name, text);
      return text;
    },
  };
};

describe('it finds what comes of commands', () => {
  const bouts: readonly { title: string; planned: Planned; found: RegExp }[] = [
    {
      title: 'that take a name which is taken',
      planned: {
        setting: { ...setting, mutate: takingOver },
        there: [],
        commands: [
          { command: 'ADD', pod: 'pod1' },
          { command: 'ADD', pod: 'pod2' },
        ],
      },
      found: /pod1 and pod2 have one address/,
    },
    {
      title: 'that do not look once more before they answer',
      planned: {
        setting: { chain: bridge, mutate: withoutLastLook },
        there: [],
        commands: [
          { command: 'ADD', pod: 'pod1' },
          { command: 'GC', valid: [bystander] },
        ],
        mostInterruptions: 1,
      },
      found: /pod1 is not as ADD answered/,
    },
  ];
  it.each(bouts)('$title', async ({ found, planned }) => {
    const { problems } = await play(planned);
    expect([...problems.keys()].join('\n')).toMatch(found);
  });

  it('that remove a lease without a claim to it', async () => {
    expect(await lostLeases({ ...setting, mutate: withoutClaims })).toEqual(['lost']);
  });
});

it(`a slow DEL never takes the lease of the next pod${isLong ? '' : ', with one interruption'}`, async () => {
  expect(await lostLeases(setting)).toEqual([]);
}, 3_600_000);

/** A DEL, beside another one of the same pod and the ADD of the next pod after that. */
async function lostLeases(of: Setting): Promise<string[]> {
  const { world } = await inhabitedWorld(setting, [bystander, 'pod1']);
  const del = playOf(of, { command: 'DEL', pod: 'pod1' });
  const add = playOf(setting, { command: 'ADD', pod: 'pod2' });
  const delAndAdd: Play = async (machine) => {
    await del(machine);
    return add(machine);
  };
  const judge = async ({ outcomes: [, added], world: after }: End) => {
    const has = holdingsOf(after, 'pod2').leases.length === 1;
    return added?.exitCode !== 0 || has ? [] : ['lost'];
  };
  const programs = [
    await programOf({ name: 'a slow DEL', pid: 1, play: del }),
    await programOf({ name: 'DEL, and ADD of the next pod', pid: 2, play: delAndAdd }),
  ];
  const { problems } = await explore({
    world,
    programs,
    judge,
    mostInterruptions: isLong ? undefined : 1,
  });
  return [...problems.keys()];
}
