import { dirname, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CniError } from '../../../cni/error.ts';
import { parseScratch } from '../../../plugins/flannel/scratch.ts';
import { parseSubnetEnv } from '../../../plugins/flannel/subnet-env.ts';
import type { Files } from '../../../system/host.ts';
import { damaged, mutated } from '../../helpers/hostile.ts';
import { subnetEnv, type Trial, trial } from './trial.ts';

const scratch = JSON.stringify({
  cniVersion: '1.1.0',
  name: 'cbr0',
  type: 'win-overlay',
  ipam: { type: 'host-local', subnet: '10.244.1.0/24', ranges: [[{ subnet: 'x' }]] },
  wincni: { sandbox: 'pod1', ifName: 'eth0' },
});

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

const runs = { numRuns: 150, seed: 20261121 };

const life = ['CHECK', 'GC', 'STATUS', 'ADD', 'GC', 'CHECK', 'DEL', 'DEL'] as const;

describe('whatever stands in the files', () => {
  it('each command gives a result or a CniError, in its folder', async () => {
    const scratches = fc.dictionary(fc.constantFrom('pod1', 'pod1-eth0', 'pod2'), damaged(scratch));
    await fc.assert(
      fc.asyncProperty(damaged(subnetEnv), scratches, async (subnet, files) => {
        const { node, touched } = watched(subnet);
        for (const [name, text] of Object.entries(files)) node.writeScratch(name, text);
        const config = { 'cni.dev/valid-attachments': [{ containerID: 'pod1', ifname: 'eth0' }] };
        for (const command of life) {
          await resultOrCniError(node.plugin[command](node.call(command, { config })));
        }
        for (const path of touched) {
          expect([node.dataDir, node.folder]).toContain(dirname(path));
        }
        for (const { type, call } of node.asked) {
          expect(type).toMatch(/^[A-Za-z0-9][\w.-]*$/);
          expect(call.network).toMatch(/^[A-Za-z0-9][\w.-]*$/);
        }
      }),
      runs,
    );
  });

  it('bytes that are no text are read as none', async () => {
    const node = trial();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
        node.writeSubnetEnv(bytes);
        node.writeScratch('pod1', Buffer.from(bytes).toString('latin1'));
        await resultOrCniError(node.plugin.ADD(node.call('ADD')));
        await resultOrCniError(node.plugin.DEL(node.call('DEL')));
      }),
      runs,
    );
    // ADD never got past subnet.env, and DEL does not need it.
    expect(new Set(node.commands())).toEqual(new Set(['DEL']));
  });

  it('a configuration with something wrong gives a result or a CniError', async () => {
    const { subnetFile: _, dataDir: __, ...written } = trial().call('ADD').config;
    const usual = { ...written, ipam: { routes: [{ dst: '0.0.0.0/0' }] }, runtimeConfig: {} };
    await fc.assert(
      fc.asyncProperty(mutated(usual), async (config) => {
        const { node, touched } = watched(subnetEnv);
        for (const command of life) {
          await resultOrCniError(node.plugin[command](node.call(command, { config })));
        }
        for (const path of touched) {
          expect([node.dataDir, node.folder]).toContain(dirname(path));
        }
      }),
      runs,
    );
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
    await resultOrCniError(node.plugin.ADD(node.call('ADD', { config })));
  });
});
