import { dirname, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CniError } from '../../../plugins/cni/error.ts';
import type { Files } from '../../../plugins/cni/host.ts';
import { parseScratch } from '../../../plugins/flannel/scratch.ts';
import { parseSubnetEnv } from '../../../plugins/flannel/subnet-env.ts';
import { subnetEnv, type Trial, trial } from './trial.ts';

/** Numbers from a seed, the same on every run (mulberry32). */
function generator(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const scratch = JSON.stringify({
  cniVersion: '1.1.0',
  name: 'cbr0',
  type: 'win-overlay',
  ipam: { type: 'host-local', subnet: '10.244.1.0/24', ranges: [[{ subnet: 'x' }]] },
  wincni: { sandbox: 'pod1', ifName: 'eth0' },
});

const tokens = [
  '../',
  '..\\',
  'C:\\',
  '\0',
  '"',
  "'",
  '=',
  '\n',
  '\r\n',
  '\uFEFF',
  '#',
  'null',
  '{',
  '}',
  '[',
  '__proto__',
  '/etc/passwd',
  '\uD800',
  '9'.repeat(400),
  'FLANNEL_SUBNET=',
  '"type":',
  '"wincni":7,',
];

/** A text with pieces cut out, repeated, changed or put in. */
function damaged(text: string, random: (below: number) => number): string {
  let damage = text;
  for (let times = random(4) + 1; times > 0; times--) {
    const at = random(damage.length + 1);
    const to = at + random(12);
    const piece = [
      '',
      damage.slice(at, to).repeat(2),
      String.fromCharCode(random(256)),
      tokens[random(tokens.length)] ?? '',
    ][random(4)];
    damage = damage.slice(0, at) + piece + damage.slice(random(3) === 0 ? damage.length : to);
  }
  return damage;
}

const seeds = Array.from({ length: 150 }, (_, seed) => seed + 1);

/** A node that writes down every path it touches. */
function watched(subnet: string): { readonly node: Trial; readonly touched: string[] } {
  const touched: string[] = [];
  const watch = (files: Files): Files => ({
    ...files,
    read: (path) => files.read(note(path)),
    writeNew: (path, text) => files.writeNew(note(path), text),
    link: (from, to) => files.link(note(from), note(to)),
    rename: (from, to) => files.rename(note(from), note(to)),
    remove: (path) => files.remove(note(path)),
    modified: (path) => files.modified(note(path)),
  });
  const note = (path: string) => {
    touched.push(resolve(path));
    return path;
  };
  return { node: trial({ subnetEnv: subnet, files: watch }), touched };
}

async function resultOrCniError(promise: Promise<unknown>): Promise<void> {
  await promise.catch((error: unknown) => expect(error).toBeInstanceOf(CniError));
}

describe('whatever stands in the files', () => {
  it.each(seeds)(
    'each command gives a result or a CniError, in its folder (seed %i)',
    async (seed) => {
      const random = generator(seed);
      const { node, touched } = watched(random(2) ? damaged(subnetEnv, random) : subnetEnv);
      for (const name of ['pod1', 'pod1-eth0', 'pod2']) {
        if (random(3) > 0) node.writeScratch(name, damaged(scratch, random));
      }
      const config = { 'cni.dev/valid-attachments': [{ containerID: 'pod1', ifname: 'eth0' }] };
      for (const command of [
        'CHECK',
        'GC',
        'STATUS',
        'ADD',
        'GC',
        'CHECK',
        'DEL',
        'DEL',
      ] as const) {
        const asking = {
          ADD: 'add',
          DEL: 'del',
          CHECK: 'check',
          GC: 'gc',
          STATUS: 'status',
        } as const;
        await resultOrCniError(node.plugin[asking[command]](node.call(command, { config })));
      }
      for (const path of touched) {
        expect([node.dataDir, node.folder]).toContain(dirname(path));
      }
      for (const { type, call } of node.asked) {
        expect(type).toMatch(/^[A-Za-z0-9][\w.-]*$/);
        expect(call.network).toMatch(/^[A-Za-z0-9][\w.-]*$/);
      }
    },
  );

  it('bytes that are no text are read as none', async () => {
    const random = generator(7);
    const node = trial();
    for (let times = 0; times < 50; times++) {
      const bytes = Uint8Array.from({ length: random(600) }, () => random(256));
      node.writeSubnetEnv(bytes);
      node.writeScratch('pod1', Buffer.from(bytes).toString('latin1'));
      await resultOrCniError(node.plugin.add(node.call('ADD')));
      await resultOrCniError(node.plugin.del(node.call('DEL')));
    }
    // ADD never got past subnet.env, and DEL does not need it.
    expect(new Set(node.commands())).toEqual(new Set(['DEL']));
  });

  it('texts that are long or deep are read no less', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(parseScratch(`{"name":"cbr0","type":"nat","deep":${deep}}`)?.network).toBe('cbr0');
    expect(
      parseScratch(`{"pad":"${'x'.repeat(2_000_000)}","name":"a","type":"nat"}`),
    ).toBeUndefined();
    expect(parseSubnetEnv(`FLANNEL_MTU=${' '.repeat(500_000)}#\n`).kind).toBe('incomplete');
    expect(parseSubnetEnv(`FLANNEL_NETWORK=${','.repeat(500_000)}\n`).kind).toBe('invalid');
    expect(parseSubnetEnv('FLANNEL_MTU=1\n'.repeat(50_000)).kind).toBe('incomplete');
    const node = trial();
    const config = { delegate: { type: 'nat', deep: JSON.parse(deep) } };
    await resultOrCniError(node.plugin.add(node.call('ADD', { config })));
  });
});
