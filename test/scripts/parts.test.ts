import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeParts, type Parts } from '../../scripts/parts.ts';
import { requestConfig } from '../../scripts/runtime.ts';
import { simulatedNode } from '../../scripts/simulated-node.ts';
import { quickFolder } from '../helpers/quick-folder.ts';
import { root, sandboxes } from '../helpers/trial-node.ts';

const entry = join(root, 'plugins', 'main.ts');
const hostLocal = 'ipam/host-local/plugin.ts';
const overlay = 'plugins/attach/plugin.ts';

/** The parts' names, and the text of each. */
async function partsOf(together?: readonly (readonly string[])[]) {
  const folder = quickFolder();
  await makeParts(entry, folder, together);
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
}

describe('the program in parts', () => {
  it('has those together that are needed together', async () => {
    const [apart, together] = [await partsOf([]), await partsOf([[hostLocal, overlay]])];
    expect(together.length).toBeLessThan(apart.length);
    const usual = await partsOf();
    expect(usual.length).toBeLessThan(together.length);
  });

  it.each([
    ['that is not there', 'ipam/host-local/renamed.ts'],
    ['that no command waits for', 'cni/address.ts'],
  ])('cannot begin one with a module %s', async (_, module) => {
    await expect(makeParts(entry, quickFolder(), [[hostLocal, module]])).rejects.toThrow(module);
  });
});

describe("the operator's command line is a part of its own", () => {
  let folder: string;
  let sources: Parts['sources'];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wincni-parts-'));
    ({ sources } = await makeParts(entry, folder));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const operators = (source: string) => source.startsWith('plugins/wincni/');

  /** The sources of the operator's that a command loads, started by a name. */
  function loadedBy(
    name: string,
    { args = [], env = {}, stdin = '' }: { args?: string[]; env?: object; stdin?: string },
  ) {
    const TOLD = join(quickFolder(), 'told.json');
    const { status } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'loaded-parts.ts'), ...args],
      { argv0: name, input: stdin, env: { ...env, PARTS: folder, TOLD } },
    );
    const told: readonly string[] = JSON.parse(readFileSync(TOLD, 'utf8'));
    expect({ status, first: told[0] }).toEqual({ status: 0, first: 'main' });
    return told.flatMap((part) => sources.get(`${part}.js`) ?? []);
  }

  it('and the parts have all of it', () => {
    const all = [...sources.values()].flat().filter(operators);
    expect(all).toContain('plugins/wincni/start.ts');
    expect(all).toContain('plugins/wincni/commands/doctor.ts');
  });

  it('VERSION loads none of it', () => {
    const loaded = loadedBy('flannel', { env: { CNI_COMMAND: 'VERSION' } });
    expect(loaded).toContain('plugins/main.ts');
    expect(loaded.filter(operators)).toEqual([]);
  });

  const attachment = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: 'pod1',
    CNI_NETNS: sandboxes.first,
    CNI_IFNAME: 'eth0',
    CNI_PATH: '/nowhere',
  };

  it('ADD of host-local loads none of it', () => {
    const ipam = { type: 'host-local', subnet: '10.9.0.0/16', dataDir: quickFolder() };
    const loaded = loadedBy('host-local', {
      env: attachment,
      stdin: JSON.stringify({ cniVersion: '1.1.0', name: 'net', ipam }),
    });
    expect(loaded).toContain(hostLocal);
    expect(loaded.filter(operators)).toEqual([]);
  });

  it('ADD of flannel, win-overlay and host-local loads none of it', () => {
    const fixtures = join(root, 'test/fixtures');
    const node = simulatedNode({
      folder: quickFolder(),
      executables: '/nowhere',
      hns: join(fixtures, 'hns/overlay.json'),
      conflist: join(fixtures, 'conf/flannel-overlay.conflist'),
      subnetEnv: join(fixtures, 'flannel/overlay.env'),
    });
    const loaded = loadedBy('flannel', {
      env: { ...attachment, ...node.env },
      stdin: JSON.stringify(requestConfig(node.conflist, node.conflist.plugins[0] ?? {}, {})),
    });
    expect(loaded).toEqual(expect.arrayContaining([overlay, hostLocal]));
    expect(loaded.filter(operators)).toEqual([]);
  });
});
