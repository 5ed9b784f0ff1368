import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readFacts } from '../../../../plugins/wincni/facts/saved.ts';
import { trialOperator } from '../../../../scripts/trial-operator.ts';
import { nodeHost } from '../../../../system/node-host.ts';
import { below } from '../../../../system/rooted-files.ts';
import { root as project, trialNode } from '../../../helpers/trial-node.ts';

/** A node's files below a root, as Windows has them, and its simulated HNS. */
export function rootedNode(environment: Readonly<Record<string, string>> = {}) {
  const node = trialNode('overlay');
  onTestFinished(() => node.remove());
  const root = join(node.folder, 'root');
  const write = (path: string, text: string | Uint8Array) => {
    const file = below(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const plain = nodeHost(process);
  const machine = {
    ...plain,
    // The two looks are not waited between.
    clock: { ...plain.clock, sleep: async () => undefined },
    env: {
      WINCNI_HNS: 'simulator',
      WINCNI_HNS_STATE: join(node.folder, 'hns'),
      ...environment,
    },
  };
  const { run } = trialOperator({ machine });
  return { node, root, write, run, machine };
}

/** The facts that doctor saves of a node. */
export async function factsOf(
  { node, root, run }: Pick<ReturnType<typeof rootedNode>, 'node' | 'root' | 'run'>,
  ...words: readonly string[]
) {
  const saved = join(node.folder, 'facts.json');
  const answer = await run('doctor', '--root', root, '--save-facts', saved, ...words);
  return { facts: readFacts(readFileSync(saved, 'utf8'), saved), answer };
}

/** A text of the fixtures. */
export const fixture = (path: string) => readFileSync(join(project, 'test/fixtures', path), 'utf8');

/** Of version 2, with imports. */
export const containerdConfig = [
  'version = 2',
  'imports = ["conf.d/*.toml"]',
  '[plugins."io.containerd.grpc.v1.cri".cni]',
  "bin_dir = 'C:\\opt\\cni\\bin'",
  "conf_dir = 'C:\\etc\\cni\\net.d'",
].join('\n');

/** Lays out a node of containerd's and flannel's, with a pod's lease and scratch file. */
export function layOut(write: (path: string, text: string) => void): void {
  write('C:\\Program Files\\containerd\\config.toml', containerdConfig);
  write('C:\\Program Files\\containerd\\conf.d\\20-b.toml', 'version = 2\n');
  write('C:\\Program Files\\containerd\\conf.d\\10-a.toml', 'version = 2\n');
  write('C:\\Program Files\\containerd\\conf.d\\30-c.toml', 'version = 2\n');
  write('C:\\Program Files\\containerd\\conf.d\\readme.txt', 'no TOML');
  write('C:\\etc\\cni\\net.d\\10-flannel.conflist', fixture('conf/flannel-overlay.conflist'));
  write('C:\\etc\\cni\\net.d\\B.conf', '{}');
  write('C:\\etc\\cni\\net.d\\a.conf', '{}');
  write('C:\\etc\\cni\\net.d\\10-flannel.conflist.bak', '{}');
  write('C:\\k\\cni\\config\\cni.conf', '{}');
  write('C:\\run\\flannel\\subnet.env', fixture('flannel/overlay.env'));
  write('C:\\etc\\kube-flannel\\net-conf.json', '{"Network":"10.244.0.0/16"}');
  write('C:\\k\\sourceVip.json', '{"ip4":{"ip":"10.244.4.2/24"}}');
  write('C:\\var\\lib\\cni\\networks\\flannel.4096\\10.244.4.7', 'pod1\r\neth0');
  write('C:\\var\\lib\\cni\\flannel\\pod1', '{"name":"flannel.4096","type":"win-overlay"}');
}
