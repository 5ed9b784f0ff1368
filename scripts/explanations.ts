import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeHost } from '../system/node-host.ts';
import { rootedFiles } from '../system/rooted-files.ts';
import { trialOperator } from './trial-operator.ts';

/** What stands behind an explanation: a network in test/fixtures/hns, a configuration in test/fixtures/conf. */
interface Rehearsed {
  readonly hns: string;
  readonly conf: string;
  /** What an IPAM that is another executable answers. */
  readonly ip?: string;
}

const fixtures = join(import.meta.dirname, '..', 'test', 'fixtures');
const netns = '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001';
const marked =
  /(<!-- wincni explain: ([\w-]+) ([\w-]+)(?: ([\d./]+))? -->\n\n)(?: {4}.*\n|\n)+?(?=\n*(?:#|\S))/g;

/** A page whose blocks behind `<!-- wincni explain: <hns> <conf> [<ip>] -->` are what explain says now. */
export async function withExplanations(page: string): Promise<string> {
  const blocks = [...page.matchAll(marked)];
  const texts = await Promise.all(
    blocks.map(([, , hns = '', conf = '', ip]) => explained({ hns, conf, ...(ip ? { ip } : {}) })),
  );
  return page.replace(marked, (_, mark: string) => {
    const lines = (texts.shift() ?? '').trimEnd().split('\n');
    return `${mark}${lines.map((line) => (line === '' ? '\n' : `    ${line}\n`)).join('')}`;
  });
}

/** What `wincni explain` prints of a pod's ADD on a simulated node: in files of its own, nothing of this machine. */
async function explained({ conf, hns, ip }: Rehearsed): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'wincni-explained-'));
  try {
    const put = (from: string, to: string, name: string) => {
      mkdirSync(join(folder, to), { recursive: true });
      copyFileSync(join(fixtures, from), join(folder, to, name));
    };
    put(`hns/${hns}.json`, 'hns', 'hns.json');
    put(`conf/${conf}.conflist`, 'etc/cni/net.d', '10-pods.conflist');
    const env = `flannel/${hns}.env`;
    if (existsSync(join(fixtures, env))) put(env, 'run/flannel', 'subnet.env');
    const words = ['--conf', '/etc/cni/net.d/10-pods.conflist', '--netns', netns];
    return await said(folder, ['explain', ...words, ...(ip === undefined ? [] : ['--ip', ip])]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function said(folder: string, words: readonly string[]): Promise<string> {
  const machine = nodeHost(process);
  const rooted = rootedFiles(machine.files, folder);
  // The simulated HNS is found by its own path.
  const filesOf = (path: string) => (path.startsWith(folder) ? machine.files : rooted);
  const files = {
    ...rooted,
    read: (path: string) => filesOf(path).read(path),
    modified: (path: string) => filesOf(path).modified(path),
  };
  const { run } = trialOperator({
    version: '0.0.0',
    machine: {
      ...machine,
      env: { WINCNI_HNS: 'simulator', WINCNI_HNS_STATE: join(folder, 'hns') },
      files,
    },
    terminal: { columns: 100, colour: false },
  });
  const { exitCode, stderr, stdout } = await run(...words);
  if (exitCode === 0) return stdout;
  throw new Error(`wincni ${words.join(' ')} ended with ${exitCode}:\n${stdout}${stderr}`);
}
