import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../cni/commands.ts';
import type { JsonObject } from '../../../cni/json-object.ts';
import { hostLocal } from '../../../ipam/host-local/plugin.ts';
import { nodeFiles } from '../../../system/files.ts';
import type { Files, Host } from '../../../system/host.ts';
import { nodeHost } from '../../../system/node-host.ts';
import { deadlineOf } from '../../helpers/deadline.ts';
import { stoppedAt } from './stopped.ts';
import { callOf, network, previous, systemError, trial } from './trial.ts';

/** Which of these processes are there. */
const slow = 4001;
const quick = 4002;

/** One address to give, so that it is the next pod's as soon as it is free. */
const ipam = { subnet: '10.1.2.0/30' };
const lease = '10.1.2.2';

interface Step {
  readonly command: Command;
  readonly pod: string;
  readonly config?: JsonObject;
}

const add = (pod: string): Step => ({ command: 'ADD', pod });
const del = (pod: string): Step => ({ command: 'DEL', pod });
const told = (pod: string): Step => ({
  command: 'DEL',
  pod,
  config: { prevResult: previous(`${lease}/30`) },
});
const gc = (...pods: readonly string[]): Step => ({
  command: 'GC',
  pod: '',
  config: {
    'cni.dev/valid-attachments': pods.map((pod) => ({ containerID: pod, ifname: 'eth0' })),
  },
});

/** A node on which processes come and go. Each command is done when `run` returns; its end is promised. */
function node() {
  const folder = mkdtempSync(join(tmpdir(), 'at-once-'));
  const dataDir = join(folder, 'networks');
  const dead = new Set<number>();
  const run = ({ command, config = {}, pod }: Step, pid: number, files: Files = nodeFiles()) => {
    const host: Host = {
      ...nodeHost(process),
      pid,
      deadline: deadlineOf(),
      env: {},
      files,
      clock: { ...nodeHost(process).clock, pause: () => {} },
      kill: (asked) => {
        if (dead.has(asked)) throw systemError('ESRCH', 'kill');
      },
      log: () => {},
    };
    return Promise.resolve(
      hostLocal(host)[command](
        callOf(dataDir, command, command === 'GC' ? '' : pod, { ipam, config }),
      ),
    ).then(
      () => 0,
      ({ code }) => Number(code ?? 5),
    );
  };
  const owner = () => {
    try {
      return nodeFiles()
        .read(join(dataDir, network, lease))
        .split('\r\n')[0];
    } catch {
      return undefined;
    }
  };
  return { run, owner, dead, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

type Node = ReturnType<typeof node>;

/** How many effects a command has when nobody disturbs it. */
async function effectsOf(before: readonly Step[], step: Step): Promise<number> {
  const place = node();
  for (const earlier of before) await place.run(earlier, quick);
  const { count, files } = stoppedAt(Number.POSITIVE_INFINITY, () => {});
  await place.run(step, slow, files);
  place.remove();
  return count();
}

/** The slow command stopped before each of its effects in turn, and others run to their end meanwhile. */
async function atEachEffect(
  before: readonly Step[],
  step: Step,
  between: (place: Node) => Promise<number>[],
  look: (place: Node, ended: { slow: number; quick: readonly number[] }) => void,
): Promise<number> {
  const effects = await effectsOf(before, step);
  for (let at = 1; at <= effects; at++) {
    const place = node();
    for (const earlier of before) await place.run(earlier, quick);
    let others: Promise<number>[] = [];
    const { files } = stoppedAt(at, () => {
      others = between(place);
    });
    const ended = await place.run(step, slow, files);
    look(place, { slow: ended, quick: await Promise.all(others) });
    place.remove();
  }
  return effects;
}

describe('two commands at once, one stopped before each of its effects', () => {
  it.each([
    ['a DEL of the same pod, and the next pod', del('pod1'), [del('pod1'), add('pod2')]],
    ['a DEL that is told, and the next pod', told('pod1'), [told('pod1'), add('pod2')]],
    ['a GC and the next pod', told('pod1'), [gc(), add('pod2')]],
    ['in a GC that knows the next pod, a DEL', gc('pod2'), [del('pod1'), add('pod2')]],
    ['in a GC that knows the next pod, a GC', gc('pod2'), [gc(), add('pod2')]],
  ])('a lease is not taken from who got it: %s', async (_, step, others) => {
    const count = await atEachEffect(
      [add('pod1')],
      step,
      ({ run }) => others.map((other) => run(other, quick)),
      ({ owner }, ended) => {
        // The next pod has the address exactly when it was told so.
        const [removed, added] = ended.quick;
        expect([0, 11]).toContain(removed);
        expect([0, 110]).toContain(added);
        expect(owner()).toBe(added === 0 ? 'pod2' : undefined);
        expect([0, 11]).toContain(ended.slow);
      },
    );
    expect(count).toBeGreaterThan(8);
  });

  it.each([
    ['a DEL of the same pod', [del('pod1')]],
    ['a DEL of the same pod, and the next one', [del('pod1'), add('pod2')]],
    ['a GC that does not know the pod', [gc()]],
    ['a GC that does not know the pod, and the next one', [gc('pod2'), add('pod2')]],
  ])('an ADD does not answer with a lease that is gone: %s', async (_, others) => {
    let overtaken = 0;
    await atEachEffect(
      [],
      add('pod1'),
      ({ run }) => others.map((other) => run(other, quick)),
      ({ owner }, ended) => {
        if (ended.slow === 11) overtaken++;
        if (ended.slow === 0) expect(owner()).toBe('pod1');
        else expect(owner()).toBe(ended.quick[1] === 0 ? 'pod2' : undefined);
      },
    );
    expect(overtaken).toBeGreaterThan(0);
  });

  it.each([
    ['ADD', [], add('pod1')],
    ['DEL', [add('pod1')], del('pod1')],
    ['DEL that is told', [add('pod1')], told('pod1')],
    ['GC', [add('pod1')], gc()],
  ] as const)(
    '%s is killed there, and DEL and the next ADD do their work',
    async (_, before, step) => {
      const effects = await effectsOf(before, step);
      for (let at = 1; at <= effects; at++) {
        const place = node();
        for (const earlier of before) await place.run(earlier, quick);
        // Whatever it would have done after this, it does not.
        const { files } = stoppedAt(at, () => {}, true);
        await place.run(step, slow, files);
        place.dead.add(slow);
        expect(await place.run(del('pod1'), quick)).toBe(0);
        expect(await place.run(add('pod2'), quick)).toBe(0);
        expect(place.owner()).toBe('pod2');
        place.remove();
      }
    },
  );
});

describe('a claim', () => {
  it('of a process that is at it makes DEL wait, for half a second, and say so', async () => {
    const place = trial({ kill: () => {} });
    expect(await place.add()).toEqual(['10.1.2.2/29']);
    nodeFiles().makeFolder(join(place.leaseFolder, '.claims'));
    place.write('.claims/.wincni-4711-a-10.1.2.2', '');
    const { document } = await place.run('DEL');
    expect(document).toMatchObject({ code: 11, msg: expect.stringContaining('10.1.2.2') });
    expect(place.paused()).toBe(500);
    expect(place.leases()).toEqual(['10.1.2.2']);
  });

  it.each([
    ['whose process is gone', 4711, 0],
    ['that is older than any command, its process’s number another’s by now', 1, 601],
    ['of another address', 1, 0],
  ])('keeps nobody: one %s', async (title, pid, age) => {
    const place = trial({
      kill: (asked) => {
        if (asked === 4711) throw systemError('ESRCH', 'kill');
      },
    });
    await place.add();
    nodeFiles().makeFolder(join(place.leaseFolder, '.claims'));
    const address = title.includes('another address') ? '10.1.2.3' : '10.1.2.2';
    place.write(`.claims/.wincni-${pid}-a-${address}`, '', age);
    expect(await place.code('DEL')).toBe(0);
    expect(place.leases()).toEqual([]);
    expect(place.paused()).toBe(0);
  });
});
