import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from '../node-bases.ts';
import { pack } from '../pack.ts';
import { madeOf, makeSources, type Source, warmProgram } from '../program.ts';
import type { System } from '../systems.ts';
import type { Stage } from '../warm-up/commands.ts';
import { chainAdd, overlayNode } from './commands.ts';

/**
 * The harness's own executable (test/helpers/bench-program.ts): the plugins with an HNS in memory, or
 * without the watchdog. It is made as the product is, when it changed.
 */
export async function benchProgram(places: Places, target: System): Promise<string> {
  const source = sourceIn(places);
  await makeSources(places, source);
  const { main, parts } = madeOf(places, source);
  const packed = packedIn(places, target);
  const stampFile = `${packed}.stamp`;
  // The lock file says which Node is in it.
  const files = [
    main,
    ...readdirSync(parts).map((name) => join(parts, name)),
    join(places.root, 'package-lock.json'),
    join(import.meta.dirname, '..', 'pack.ts'),
    import.meta.filename,
  ];
  const stamp = files.map((path) => readFileSync(path, 'utf8')).join();
  const isFresh = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isFresh && existsSync(packed)) return packed;
  // A process each: packing changes the working directory.
  const run = spawnSync(process.execPath, [import.meta.filename, target], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`bench-program was not packed: ${run.stdout}${run.stderr}`);
  writeFileSync(stampFile, stamp);
  return packed;
}

function sourceIn({ root }: Places): Source {
  const entry = join(root, 'test', 'helpers', 'bench-program.ts');
  return { name: 'bench-program', entry, commands };
}

/** What is measured of it: a pod's life with the HNS in memory, and ADD by HNS's libraries. */
async function commands({ folder, run, ways }: Stage): Promise<void> {
  const node = overlayNode(join(folder, 'memory'), '');
  const { env = {}, stdin = '' } = chainAdd(node, folder);
  const config = { ...JSON.parse(stdin), cniVersion: '1.1.0' };
  const ask = (more: Readonly<Record<string, string>>, extra: object = {}) =>
    run({
      name: 'flannel',
      env: { ...env, ...more },
      stdin: JSON.stringify({ ...config, ...extra }),
    });
  const memory = { BENCH_HNS: 'memory', BENCH_STATE: node.hnsFolder };
  await ask({ ...memory, CNI_COMMAND: 'VERSION' });
  await ask({ ...memory, CNI_CONTAINERID: 'another' });
  // The HNS in memory begins with what the simulator has of this one.
  const prevResult: unknown = JSON.parse(await ask({}));
  for (const command of ['CHECK', 'GC', 'DEL']) {
    const attachments = ['bench', 'another'].map((containerID) => ({
      containerID,
      ifname: 'eth0',
    }));
    const extra = { prevResult, 'cni.dev/valid-attachments': attachments };
    await ask({ ...memory, CNI_COMMAND: command }, extra);
  }
  for (const way of ways.filter(({ name }) => name === 'native')) {
    const { hnsFolder } = overlayNode(join(folder, 'native'), '');
    await ask({ ...way.env(hnsFolder), BENCH_HNS: 'unwatched' });
  }
}

const packedIn = ({ build }: Places, target: System) =>
  join(build, `bench-program-${target}${target === 'win32-x64' ? '.exe' : ''}`);

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..', '..');
  const places: Places = { root, build: join(root, 'build') };
  const target = process.argv[2] === 'win32-x64' ? 'win32-x64' : 'linux-x64';
  const program = await warmProgram(places, sourceIn(places), target);
  await pack(places, target, program, packedIn(places, target));
}
