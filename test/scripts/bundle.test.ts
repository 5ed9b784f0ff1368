import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../scripts/bundle.ts';
import { requestConfig } from '../../scripts/runtime.ts';
import { type SimulatedNode, simulatedNode } from '../../scripts/simulated-node.ts';
import { quickFolder } from '../helpers/quick-folder.ts';
import { root, sandboxes } from '../helpers/trial-node.ts';

let folder = '';
let metafile: Metafile;
const program = () => join(folder, 'wincni.cjs');
const hook = () => join(folder, 'hook.cjs');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wincni-bundle-'));
  metafile = await bundle(join(root, 'plugins/main.ts'), program());
  // Told at the end: the modules of Node that were loaded since the program began.
  writeFileSync(
    hook(),
    `const before = new Set(process.moduleLoadList);
    process.on('exit', () => {
      const loaded = process.moduleLoadList.filter((name) => !before.has(name));
      require('node:fs').writeFileSync(process.env.LOADED, JSON.stringify(loaded));
    });`,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the bundle', () => {
  it('imports nothing while it runs: import() would start the loader of ES modules', () => {
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    expect(imports.filter(({ path }) => isBuiltin(path))).not.toHaveLength(0);
    expect(imports.filter(({ kind }) => kind === 'dynamic-import')).toEqual([]);
  });

  // Loading one takes up to a fifth of what an ADD takes. Whoever needs it loads it there, as the way
  // to start a child does.
  it.each(['node:crypto', 'node:os', 'node:net', 'node:worker_threads', 'node:perf_hooks'])(
    'has no source of ours that imports %s',
    (name) => {
      const importing = Object.entries(metafile.inputs).filter(([, { imports }]) =>
        imports.some(({ path }) => path === name),
      );
      expect(importing.map(([path]) => path).filter((path) => !/node_modules/.test(path))).toEqual(
        [],
      );
    },
  );
});

describe('of the modules of Node, which it has not loaded itself,', () => {
  /** Runs a command as the plugin of a name: the modules it loads. */
  function loadedBy(plugin: string, stdin: string, env: Readonly<Record<string, string>>) {
    const LOADED = join(folder, 'loaded.json');
    const { status, stdout } = spawnSync(process.execPath, ['--require', hook(), program()], {
      argv0: plugin,
      input: stdin,
      encoding: 'utf8',
      env: { ...env, LOADED },
    });
    expect({ status, stdout }).toMatchObject({ status: 0 });
    const names: readonly string[] = JSON.parse(readFileSync(LOADED, 'utf8'));
    const prefix = 'NativeModule ';
    const modules = names.filter((name) => name.startsWith(prefix));
    return { stdout, modules: modules.map((name) => name.slice(prefix.length)) };
  }

  const attachment = {
    CNI_CONTAINERID: 'pod1',
    CNI_NETNS: sandboxes.first,
    CNI_IFNAME: 'eth0',
    CNI_PATH: '/nowhere',
  };

  it('VERSION loads none', () => {
    expect(loadedBy('flannel', '', { CNI_COMMAND: 'VERSION' }).modules).toEqual([]);
  });

  it('host-local loads the one that reads a folder in part', () => {
    const ipam = { type: 'host-local', subnet: '10.9.0.0/16', dataDir: quickFolder() };
    const config = JSON.stringify({ cniVersion: '1.1.0', name: 'net', ipam });
    for (const CNI_COMMAND of ['ADD', 'CHECK', 'DEL', 'STATUS']) {
      const { modules } = loadedBy('host-local', config, { ...attachment, CNI_COMMAND });
      expect(modules.filter((name) => name !== 'internal/fs/dir')).toEqual([]);
    }
  });

  it('a pod’s life loads that one', () => {
    const node = simulatedNode({
      folder: quickFolder(),
      executables: '',
      hns: join(root, 'test/fixtures/hns/overlay.json'),
      conflist: join(root, 'test/fixtures/conf/flannel-overlay.conflist'),
      subnetEnv: join(root, 'test/fixtures/flannel/overlay.env'),
    });
    const [result] = lifeOf(node, (command, config) => {
      const env = { ...node.env, ...attachment, CNI_COMMAND: command };
      const { modules, stdout } = loadedBy('flannel', JSON.stringify(config), env);
      expect(modules.filter((name) => name !== 'internal/fs/dir')).toEqual([]);
      return stdout;
    });
    expect(result).toContain('10.244.1.2');
  });

  /** The commands of a pod's life in turn: what each answered. */
  function lifeOf(
    { conflist }: SimulatedNode,
    run: (command: string, config: object) => string,
  ): readonly string[] {
    const config = requestConfig(
      { ...conflist, cniVersion: '1.1.0' },
      conflist.plugins[0] ?? {},
      {},
    );
    const added = run('ADD', config);
    const prevResult: unknown = JSON.parse(added);
    return [
      added,
      ...['CHECK', 'STATUS', 'DEL'].map((name) => run(name, { ...config, prevResult })),
    ];
  }
});
