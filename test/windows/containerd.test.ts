import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { documentsField, textField } from '../../hns-bridge/json-document.ts';
import { ask as askHns, create } from '../../plugins/wincni/acceptance/hns-call.ts';
import { readNode } from '../../plugins/wincni/acceptance/node-state.ts';
import {
  confFolder,
  containerdConfig,
  podConflist,
  podDocuments,
} from '../../scripts/windows/containerd-setup.ts';
import { plannedNat } from '../../scripts/windows/nat-network.ts';
import { withNodeHns } from '../../scripts/windows/node-hns.ts';
import { clearOwn, ownPrefix } from '../../scripts/windows/own-objects.ts';
import { differences, snapshot } from '../../scripts/windows/snapshot.ts';
import { environmentOf, run } from './plugins.ts';
import { setting } from './setting.ts';

/** A pod that containerd runs, whose network is our nat.exe: where WINCNI_WINDOWS_CONTAINERD names a containerd. */

const asked = setting();
const { dry, executables, runtime } = asked;
const [way = 'powershell'] = asked.ways;
const tools = runtime?.folder ?? '';
const image = runtime?.image ?? '';
const program = (name: string) => join(tools, process.platform === 'win32' ? `${name}.exe` : name);
const pipe = `\\\\.\\pipe\\${ownPrefix}-containerd`;

let folder = '';
let network = '';
let before: readonly string[] = [];
let containerd: ReturnType<typeof spawn> | undefined;
/** Containerd finds its shim, and the plugins what they need, by it. */
const env = { ...environmentOf(asked, way), PATH: `${tools}${delimiter}${process.env['PATH']}` };

async function crictl(...words: readonly string[]): Promise<string> {
  const endpoint = dry ? `unix://${folder}/containerd.sock` : `npipe:${pipe.replaceAll('\\', '/')}`;
  const options = [
    '--runtime-endpoint',
    endpoint,
    '--image-endpoint',
    endpoint,
    '--timeout',
    '300s',
  ];
  const { exitCode, stderr, stdout } = await run(program('crictl'), [...options, ...words], env);
  if (exitCode !== 0) throw new Error(`crictl ${words.join(' ')}: ${stderr || stdout}`);
  return stdout.trim();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), `${ownPrefix}-`));
  network = await withNodeHns(way, dry, async (hns) => {
    await clearOwn(hns);
    const node = await readNode(hns);
    before = snapshot(node);
    const { id, name, toMake } = plannedNat(node);
    if (toMake)
      expect(await askHns(hns, create('Network', id, toMake))).toMatchObject({ said: '' });
    return name;
  });
  const address = dry ? join(folder, 'containerd.sock') : pipe;
  const folders = { folder, plugins: executables, address };
  mkdirSync(confFolder(folders));
  writeFileSync(join(confFolder(folders), '10-pods.conflist'), podConflist(network));
  writeFileSync(join(folder, 'config.toml'), containerdConfig(folders));
  const words = ['--config', join(folder, 'config.toml')];
  containerd = spawn(program('containerd'), words, { env, stdio: 'ignore', windowsHide: true });
  await vi.waitFor(() => crictl('version'), { timeout: 120_000, interval: 1_000 });
});

afterEach(() => crictl('rmp', '--all', '--force'));

afterAll(async () => {
  // Layers of images are removed by who made them: not every file of theirs can be by others.
  await crictl('rmi', '--all').catch(() => '');
  containerd?.kill();
  const after = await withNodeHns(way, dry, async (hns) => {
    await clearOwn(hns);
    return snapshot(await readNode(hns));
  });
  removeOrTell(folder);
  expect(differences(before, after)).toEqual([]);
});

/** Its files may be in use for a moment after its end. */
function removeOrTell(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
  } catch (error) {
    process.stdout.write(`${path} could not be removed: ${error}\n`);
  }
}

describe('containerd', () => {
  it('gives a pod its network by our nat.exe, and takes it back', async () => {
    const { container, pod } = podDocuments(`${ownPrefix}-pod`, image);
    const [podFile, containerFile] = [join(folder, 'pod.json'), join(folder, 'container.json')];
    writeFileSync(podFile, JSON.stringify(pod));
    writeFileSync(containerFile, JSON.stringify(container));
    await crictl('pull', image);
    const id = await crictl('runp', podFile);
    const { status } = JSON.parse(await crictl('inspectp', id));
    const address = String(status.network.ip);
    const { state } = await withNodeHns(way, dry, readNode);
    const endpoints = state.endpoints.filter(({ Name }) => Name === `${id}_${network}`);
    expect(
      endpoints.flatMap((each) =>
        documentsField(each, 'IpConfigurations').map((entry) => textField(entry, 'IpAddress')),
      ),
    ).toEqual([address]);
    const inside = await crictl('create', id, containerFile, podFile);
    await crictl('start', inside);
    expect(await crictl('exec', inside, 'ipconfig')).toContain(address);
    await crictl('stopp', id);
    const afterwards = (await withNodeHns(way, dry, readNode)).state;
    expect(afterwards.endpoints.filter(({ Name }) => Name === `${id}_${network}`)).toEqual([]);
  });
});
