import { expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../system/host.ts';
import { inProcessOn, type Json } from '../helpers/trial-node.ts';
import { trial } from '../plugins/attach/trial.ts';

/** Whatever hangs, a command ends in its time, and says what it waited for. */

/** A clock that stands until something hangs: then the next timer is due, one for each that hangs. */
function stallingClock(hanging: () => number) {
  const timers: { readonly at: number; readonly act: () => void }[] = [];
  let now = 0;
  let seen = 0;
  const looking = setInterval(() => {
    if (seen >= hanging()) return;
    timers.sort((one, other) => one.at - other.at);
    const [next] = timers.splice(0, 1);
    seen++;
    now = Math.max(now, next?.at ?? now);
    next?.act();
  }, 5);
  onTestFinished(() => clearInterval(looking));
  const clock: Clock = {
    now: () => 1_700_000_000_000 + now,
    elapsed: () => now,
    uptime: () => 86_400_000,
    sleep: async (ms) => {
      now += ms;
    },
    pause(ms) {
      now += ms;
    },
    after(ms, act) {
      const timer = { at: now + ms, act };
      // What comes soon comes by itself: it is about a child that has ended.
      if (ms <= 100) {
        const soon = setTimeout(act, ms);
        return () => clearTimeout(soon);
      }
      timers.push(timer);
      return () => {
        if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
      };
    },
  };
  return clock;
}

/** A node on which an executable of another suite hangs for these commands, and one clock for a command. */
function place(hangs: readonly string[], keys: Json = {}) {
  const hanging = () => play.ipamCalls().filter(({ command }) => hangs.includes(command)).length;
  let clock: Clock | undefined;
  const play = trial({
    conf: 'sdnbridge',
    fixture: 'every-type',
    keys: { cniVersion: '1.1.0', ...keys },
    ipam: {
      ADD: { says: { cniVersion: '1.0.0', ips: [{ address: '10.240.0.15/16' }] } },
    },
    start: inProcessOn(() => {
      const before = hanging();
      clock = stallingClock(() => hanging() - before);
      return clock;
    }),
  });
  return {
    play,
    commands: () => play.ipamCalls().map(({ command }) => command),
    /** From now on they hang. */
    hang: () =>
      play.ipamDoes(Object.fromEntries(hangs.map((command) => [command, { hangs: true }]))),
    lasted: () => clock?.elapsed(),
  };
}

it.each([
  ['CHECK', 97],
  ['DEL', 97],
  ['GC', 97],
  ['STATUS', 8],
])('an IPAM that hangs ends %s within %i s', async (command, seconds) => {
  const { commands, hang, lasted, play } = place([command]);
  const prevResult = await play.added();
  hang();
  const more = { prevResult, 'cni.dev/valid-attachments': [] };
  expect((await play.run(command, more)).document).toMatchObject({
    code: 121,
    msg: `plugin azure-vnet-ipam failed on ${command}: no answer within ${seconds} s`,
  });
  expect(lasted()).toBe(seconds * 1000);
  expect(commands()).toEqual(['ADD', command]);
});

it('an IPAM that hangs ends ADD in time for its DEL, which has its share too', async () => {
  const { commands, hang, lasted, play } = place(['ADD', 'DEL']);
  hang();
  expect((await play.run('ADD')).document).toMatchObject({
    code: 121,
    msg: 'plugin azure-vnet-ipam failed on ADD: no answer within 90 s',
  });
  expect(commands()).toEqual(['ADD', 'DEL']);
  expect(lasted()).toBe(95_000);
  expect(play.pods()).toEqual([]);
});

it('an IPAM that hangs in an undo does not keep ADD from its answer', async () => {
  const { commands, lasted, play } = place(['DEL']);
  play.ipamDoes({
    ADD: { says: { cniVersion: '1.0.0', ips: [{ address: '10.240.0.15/16' }] } },
    DEL: { hangs: true },
  });
  play.node.orderFaults([{ operation: 'CreateEndpoint', code: '0x803B000D' }]);
  expect((await play.run('ADD')).document).toMatchObject({ code: 101 });
  expect(commands()).toEqual(['ADD', 'DEL']);
  expect(lasted()).toBe(50_000);
});

it('a delegate that hangs ends flannel’s ADD in time for its DEL', async () => {
  const { commands, hang, lasted, play } = place(['ADD', 'DEL']);
  hang();
  const { document } = await play.node.run({
    plugin: 'flannel',
    command: 'ADD',
    config: {
      cniVersion: '1.0.0',
      name: 'cbr0',
      type: 'flannel',
      subnetFile: `${import.meta.dirname}/../fixtures/flannel/host-gw.env`,
      dataDir: play.node.scratchFolder,
      delegate: { type: 'azure-vnet-ipam' },
    },
  });
  expect(document).toMatchObject({
    code: 121,
    msg: 'plugin azure-vnet-ipam failed on ADD: no answer within 90 s',
  });
  expect(commands()).toEqual(['ADD', 'DEL']);
  expect(lasted()).toBe(95_000);
});
