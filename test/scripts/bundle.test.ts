import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../scripts/bundle.ts';
import { makeParts, type Parts } from '../../scripts/parts.ts';
import { requestConfig } from '../../scripts/runtime.ts';
import { type SimulatedNode, simulatedNode } from '../../scripts/simulated-node.ts';
import { quickFolder } from '../helpers/quick-folder.ts';
import { root, sandboxes } from '../helpers/trial-node.ts';

let folder = '';
let metafile: Metafile;
let parts: Parts['sources'];
const program = () => join(folder, 'wincni.cjs');
const hook = () => join(folder, 'hook.cjs');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wincni-bundle-'));
  metafile = await bundle(join(root, 'plugins/main.ts'), program());
  ({ sources: parts } = await makeParts(join(root, 'plugins/main.ts'), join(folder, 'parts')));
  // Told at the end: the modules of Node that were loaded since the program began, and how many schemas
  // were made, each of a schema's parts being one.
  writeFileSync(
    hook(),
    `const before = new Set(process.moduleLoadList);
    let schemas = 0;
    globalThis.__zod_globalConfig = { postProcessor: () => { schemas++; } };
    process.on('exit', () => {
      const modules = process.moduleLoadList.filter((name) => !before.has(name));
      require('node:fs').writeFileSync(process.env.TOLD, JSON.stringify({ modules, schemas }));
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
    'has no source of a plugin that imports %s',
    (name) => {
      const ofPlugins = [...parts.values()].filter(
        (part) => !part.includes('plugins/wincni/start.ts'),
      );
      expect(ofPlugins.flat()).toContain('plugins/flannel/index.ts');
      const importing = Object.entries(metafile.inputs).filter(([, { imports }]) =>
        imports.some(({ path }) => path === name),
      );
      const ours = importing.map(([path]) => path).filter((path) => !/node_modules/.test(path));
      expect(ours.filter((path) => ofPlugins.flat().includes(path))).toEqual([]);
    },
  );
});

it('of a library that is run late, a program has all that it asks for', async () => {
  // Beside the library, as the sources are.
  const entry = join(root, 'build', 'late-entry.mjs');
  const made = join(folder, 'late.cjs');
  writeFileSync(
    entry,
    "import { Address4, Address6 } from 'ip-address'; console.log(new Address4('10.0.0.1').address, new Address6('::1').address)",
  );
  await bundle(entry, made);
  rmSync(entry);
  expect(spawnSync(process.execPath, [made], { encoding: 'utf8' }).stdout).toBe('10.0.0.1 ::1\n');
});

describe('a command', () => {
  /** Runs a command as the plugin of a name: the modules of Node it loads, the schemas it makes. */
  function costOf(plugin: string, stdin: string, env: Readonly<Record<string, string>>) {
    const TOLD = join(folder, 'told.json');
    const { status, stdout } = spawnSync(process.execPath, ['--require', hook(), program()], {
      argv0: plugin,
      input: stdin,
      encoding: 'utf8',
      env: { ...env, TOLD },
    });
    expect({ status, stdout }).toMatchObject({ status: 0 });
    const told: { readonly modules: readonly string[]; readonly schemas: number } = JSON.parse(
      readFileSync(TOLD, 'utf8'),
    );
    const prefix = 'NativeModule ';
    const modules = told.modules
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
    return { ...told, stdout, modules };
  }

  const attachment = {
    CNI_CONTAINERID: 'pod1',
    CNI_NETNS: sandboxes.first,
    CNI_IFNAME: 'eth0',
    CNI_PATH: '/nowhere',
  };

  it('that is VERSION loads nothing', () => {
    const cost = costOf('flannel', '', { CNI_COMMAND: 'VERSION' });
    expect(cost).toMatchObject({ modules: [], schemas: 0 });
  });

  /** What reads a folder in part is in it. */
  const needed = ['internal/fs/dir'];

  it('of host-local loads what it needs', () => {
    const ipam = { type: 'host-local', subnet: '10.9.0.0/16', dataDir: quickFolder() };
    const config = JSON.stringify({ cniVersion: '1.1.0', name: 'net', ipam });
    const costs = ['ADD', 'STATUS', 'DEL', 'GC'].map((CNI_COMMAND) =>
      costOf('host-local', config, { ...attachment, CNI_COMMAND }),
    );
    for (const { modules } of costs) expect(needed).toEqual(expect.arrayContaining(modules));
    const [add = 0, status, del = add, gc] = costs.map(({ schemas }) => schemas);
    expect([status, gc]).toEqual([add, del]);
    expect(del).toBeLessThan(add / 4);
  });

  it('of a pod’s life loads what it needs', () => {
    const node = simulatedNode({
      folder: quickFolder(),
      executables: '',
      hns: join(root, 'test/fixtures/hns/overlay.json'),
      conflist: join(root, 'test/fixtures/conf/flannel-overlay.conflist'),
      subnetEnv: join(root, 'test/fixtures/flannel/overlay.env'),
    });
    const schemas = new Map<string, number>();
    const [result] = lifeOf(node, (command, config) => {
      const env = { ...node.env, ...attachment, CNI_COMMAND: command };
      const cost = costOf('flannel', JSON.stringify(config), env);
      expect(needed).toEqual(expect.arrayContaining(cost.modules));
      schemas.set(command, cost.schemas);
      return cost.stdout;
    });
    expect(result).toContain('10.244.1.2');
    expect(schemas.get('DEL')).toBeLessThan((schemas.get('ADD') ?? 0) / 1.5);
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
