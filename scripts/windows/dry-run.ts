import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../bundle.ts';
import { buildLibraries, missingCompiler, startSimulator } from '../hns-dlls.ts';
import { fastFolder } from '../suite.ts';
import { type DryRun, dryEnv } from './node-hns.ts';

/** What stands in for a node of Windows on Linux. */
export interface OpenDryRun {
  readonly setting: DryRun;
  /** What this process and its children need. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts the simulator with an HNS as Docker leaves it, and makes what stands before it. Throws without gcc. */
export async function openDryRun(root: string): Promise<OpenDryRun> {
  const compiler = missingCompiler('linux');
  if (compiler !== undefined) throw new Error(`the dry run needs ${compiler}`);
  const places = { root, build: join(root, 'build') };
  const plugin = join(places.build, 'native-plugin.cjs');
  await bundle(join(root, 'test', 'fixtures', 'native', 'plugin.ts'), plugin);
  const { TMPDIR = tmpdir() } = fastFolder();
  const folder = mkdtempSync(join(TMPDIR, 'wincni-windows-dry-'));
  const hnsFolder = join(folder, 'hns');
  mkdirSync(hnsFolder);
  const fixture = join(root, 'test', 'fixtures', 'hns', 'docker-host.json');
  copyFileSync(fixture, join(hnsFolder, 'hns.json'));
  for (const name of ['containerd', 'crictl']) {
    symlinkSync(join(root, 'test', 'fixtures', 'windows', `${name}.ts`), join(folder, name));
  }
  const simulator = await startSimulator();
  const setting: DryRun = {
    hnsFolder,
    libraries: buildLibraries(places, 'linux'),
    powershell: join(root, 'test', 'fixtures', 'powershell', 'stand-in.ts'),
    plugin,
    port: String(simulator.port),
  };
  return {
    setting,
    env: {
      ...fastFolder(),
      ...dryEnv(setting),
      WINCNI_WINDOWS_CONTAINERD: folder,
      WINCNI_WINDOWS_IMAGE: 'nanoserver',
    },
    async close() {
      await simulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
