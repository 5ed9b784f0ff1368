import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attachment, PluginRun } from './runtime.ts';
import { type JournalLine, type SimulatedNode, simulatedNode } from './simulated-node.ts';

/** `npm run demo`: a pod's network on two kinds of node, told step by step. */

const root = join(import.meta.dirname, '..');
const fixture = (name: string) => join(root, 'test', 'fixtures', name);
const platform = process.platform === 'win32' ? 'win32-x64' : 'linux-x64';
const executables = join(root, 'dist', platform);

const pod: Attachment = {
  containerId: '3f7d1c0a9e52',
  netns: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001',
  ifName: 'eth0',
  runtimeConfig: {
    portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
    dns: { servers: ['10.96.0.10'], searches: ['shop.svc.cluster.local', 'svc.cluster.local'] },
  },
};

const say = (text = '') => process.stdout.write(`${text}\n`);
const indent = (text: string, by = '    ') => text.replaceAll(/^/gm, by);
const json = (value: unknown) => JSON.stringify(value);

function step(node: SimulatedNode, title: string, run: () => PluginRun): PluginRun {
  say(`--- ${title}`);
  const done = run();
  say(`  The runtime starts ${done.plugin} with CNI_COMMAND=${done.command}, and on stdin:`);
  say(indent(done.stdin.trimEnd()));
  say(`  It answers, with exit code ${done.exitCode}:`);
  say(indent(done.stdout === '' ? '(nothing, which is success)' : pretty(done.stdout)));
  if (done.stderr !== '') say(indent(`stderr: ${done.stderr}`));
  const calls = node.newCalls();
  say(`  HNS was asked ${calls.length} times:`);
  for (const call of calls) say(indent(callLine(call)));
  say();
  return done;
}

function pretty(text: string): string {
  return JSON.stringify(JSON.parse(text), null, 2);
}

/** What matters of a call: what was sent for those that change something, a code if it failed. */
function callLine({ answer, body, code, operation }: JournalLine): string {
  const changes = /^(?:Create|Modify|POST)/.test(operation);
  const sent = changes ? ` ${json(body)}` : '';
  const failed = code === null ? '' : `  -> ${code} ${json(answer)}`;
  return `${operation}${sent}${failed}`;
}

function leases(node: SimulatedNode): string[] {
  const folder = join(node.leaseFolder, node.conflist.name);
  return namesIn(folder).filter((name) => /^[0-9a-f]/.test(name));
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** What there is of pods on the node: endpoints, leases, scratch files. */
function traces(node: SimulatedNode): string[] {
  const hns = JSON.parse(readFileSync(join(node.hnsFolder, 'hns.json'), 'utf8'));
  const endpoints: readonly { readonly Name: string }[] = hns.endpoints;
  return [
    ...endpoints.map(({ Name }) => `endpoint ${Name}`),
    ...leases(node).map((address) => `lease of ${address}`),
    ...namesIn(node.scratchFolder).map((name) => `scratch file ${name}`),
  ];
}

function live(title: string, node: SimulatedNode): boolean {
  say(`=== ${title}`);
  say();
  const runs: PluginRun[] = [];
  const before = traces(node);
  const added = step(node, 'A pod is added', () => node.run('ADD', pod));
  runs.push(added);
  say(`  Leases of the node: ${leases(node).join(', ') || 'none'}`);
  say();
  const made = traces(node).length - before.length;
  const prevResult: unknown = added.exitCode === 0 ? JSON.parse(added.stdout) : {};
  runs.push(step(node, 'It is checked', () => node.run('CHECK', pod, { prevResult })));
  runs.push(step(node, 'It is deleted', () => node.run('DEL', pod, { prevResult })));
  say(`  Leases of the node: ${leases(node).join(', ') || 'none'}`);
  say();
  const left = traces(node).filter((trace) => !before.includes(trace));
  for (const trace of left) say(`  Left behind: ${trace}`);
  const went = runs.every((run) => run.exitCode === 0 && run.stderr === '');
  // An endpoint, a lease, a scratch file: a pod that never came leaves nothing behind either.
  return went && made === 3 && left.length === 0;
}

function demo(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'wincni-demo-'));
  try {
    const node = (name: string) =>
      simulatedNode({
        folder: join(folder, name),
        executables,
        hns: fixture(`hns/${name}.json`),
        conflist: fixture(`conf/flannel-${name}.conflist`),
        subnetEnv: fixture(`flannel/${name}.env`),
      });
    say(`The executables of ${join('dist', platform)}, a simulated HNS, no Windows.`);
    say();
    const overlay = live('A node with a flannel VXLAN network', node('overlay'));
    const hostGw = live('A node with a flannel host-gw network', node('host-gw'));
    say(overlay && hostGw ? 'Done: two pods came and went, and left nothing behind.' : 'Failed.');
    return overlay && hostGw;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (!demo()) process.exitCode = 1;
