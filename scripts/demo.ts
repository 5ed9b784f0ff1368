import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runLines } from './demo/documents.ts';
import { type Listener, tellLife } from './demo/story.ts';
import { simulatedNode } from './simulated-node.ts';
import { ownSystem } from './systems.ts';

/** `npm run demo`: a pod's network on two kinds of node; with `-- --verbose` all documents, too. */

const { values } = parseArgs({ options: { verbose: { type: 'boolean', default: false } } });
const root = join(import.meta.dirname, '..');
const fixture = (name: string) => join(root, 'test', 'fixtures', name);
const executables = join('dist', ownSystem(process));
const say = (text: string) => process.stdout.write(`${text}\n`);

const listener: Listener = {
  say,
  ran(run, calls) {
    if (values.verbose) for (const line of runLines(run, calls)) say(line);
  },
};

function demo(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'wincni-demo-'));
  const live = (title: string, name: string) => {
    say('');
    const node = simulatedNode({
      folder: join(folder, name),
      executables: join(root, executables),
      hns: fixture(`hns/${name}.json`),
      conflist: fixture(`conf/flannel-${name}.conflist`),
      subnetEnv: fixture(`flannel/${name}.env`),
    });
    return tellLife(title, node, listener);
  };
  try {
    say(`The executables in ${executables}, started as containerd starts plugins, on two`);
    say('Windows nodes that are made up: there is no Windows here, and HNS is simulated.');
    const wrong = [
      ...live('flannel with VXLAN', 'overlay'),
      ...live('flannel with host-gw', 'host-gw'),
    ];
    if (wrong.length === 0) say('Done: two pods came and went, and left nothing behind.');
    else say(`Failed: ${wrong.length} of what should be is not.`);
    return wrong.length === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (!demo()) process.exitCode = 1;
