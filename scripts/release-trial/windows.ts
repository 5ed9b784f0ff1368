import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { copyForWine } from '../wine-copy.ts';
import type { WineNode } from './wine-node.ts';

/**
 * The Windows files of a release on a node of the trial, as docs/install.md has it: unpacked, installed over
 * plugins that were there, a pod's life by what was installed, rolled back, installed again and uninstalled.
 */

/** What stood there before, whole. */
const foreign = {
  'win-overlay.exe': 'the plugin of another suite',
  'host-local.exe': 'and its IPAM',
};
const network = 'flannel.4096';
const namespace = '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001';

/** Unpacks a zip archive onto the node. Throws for members that would go anywhere else. */
export function unpackZip(archive: string, folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const members = Object.entries(unzipSync(readFileSync(archive)));
  for (const [name, bytes] of members) {
    if (/[\\/]/.test(name)) throw new Error(`${archive} holds ${name}`);
    writeFileSync(join(folder, name), bytes);
  }
  return members.map(([name]) => name).sort();
}

/** Plays the life of an installation on the node. `hns` is a state of the simulator to copy. */
export function tryInstallation(
  node: WineNode,
  unpacked: string,
  hns: string,
  say: (text: string) => void,
): void {
  const bin = node.at('opt', 'cni', 'bin');
  const programs = node.at('Program Files', 'wincni');
  const simulated = node.at('simulated');
  for (const folder of [node.at('opt'), programs, simulated, node.at('var', 'lib', 'cni')]) {
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(bin, { recursive: true });
  mkdirSync(simulated);
  copyFileSync(hns, join(simulated, 'hns.json'));
  for (const [name, text] of Object.entries(foreign)) writeFileSync(join(bin, name), text);
  say('(there are plugins of others: the text files win-overlay.exe and host-local.exe)\n');

  const wincni = copyForWine(join(unpacked, 'wincni.exe'), join(unpacked, 'wincni.exe'));
  const folders = ['--bin-dir', 'C:\\opt\\cni\\bin'];
  const install = ['install', ...folders, '--names', 'win-overlay,host-local', '--yes'];
  node.run({ program: wincni, words: [...install.slice(0, -1), '--dry-run'] });
  expectForeign(bin);
  node.run({ program: wincni, words: install });
  for (const name of Object.keys(foreign)) {
    if (!readFileSync(join(bin, name)).equals(readFileSync(wincni)))
      throw new Error(`${name} is not ours`);
  }
  node.run({ program: wincni, words: ['status', ...folders] });
  tryPod(node, bin);
  node.run({ program: wincni, words: ['rollback', '--yes'] });
  expectForeign(bin);
  say('(win-overlay.exe and host-local.exe are what they were, byte for byte)\n');
  node.run({ program: wincni, words: install });
  node.run({ program: wincni, words: ['uninstall', '--yes'] });
  expectForeign(bin);
  if (existsSync(programs))
    throw new Error(`uninstall left ${readdirSync(programs)} in Program Files`);
  say('(the plugins of others are there, and nothing of ours)\n');
}

function expectForeign(bin: string): void {
  const names = readdirSync(bin).sort();
  const texts = names.map((name) => [name, readFileSync(join(bin, name), 'utf8')]);
  const wanted = Object.entries(foreign).sort();
  if (JSON.stringify(texts) !== JSON.stringify(wanted)) {
    throw new Error(`the plugins of others are not as they were: ${names.join(', ')}`);
  }
}

/** ADD, CHECK and DEL by the installed plugins, the configuration's paths those of Windows by default. */
function tryPod(node: WineNode, bin: string): void {
  const config = {
    cniVersion: '1.0.0',
    name: network,
    type: 'win-overlay',
    ipMasq: true,
    ipam: { type: 'host-local', subnet: '10.244.1.0/24' },
  };
  const run = (command: string, more: object = {}) =>
    node.run({
      program: join(bin, 'win-overlay.exe'),
      env: {
        CNI_COMMAND: command,
        CNI_CONTAINERID: 'pod1',
        CNI_NETNS: namespace,
        CNI_IFNAME: 'eth0',
        CNI_PATH: 'C:\\opt\\cni\\bin',
        WINCNI_HNS: 'simulator',
        WINCNI_HNS_STATE: 'C:\\simulated',
      },
      stdin: JSON.stringify({ ...config, ...more }),
    });
  const endpoints = (): readonly unknown[] =>
    JSON.parse(readFileSync(node.at('simulated', 'hns.json'), 'utf8')).endpoints;
  const leases = () =>
    readdirSync(node.at('var', 'lib', 'cni', 'networks', network)).filter((name) =>
      /^\d/.test(name),
    );
  const expectPods = (count: number) => {
    const found = [endpoints().length, leases().length];
    if (found.some((one) => one !== count)) {
      throw new Error(`${found[0]} endpoints and ${found[1]} leases, where ${count} were expected`);
    }
  };
  const prevResult: unknown = JSON.parse(run('ADD'));
  expectPods(1);
  run('CHECK', { prevResult });
  run('DEL', { prevResult });
  expectPods(0);
}
