import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from '../node-bases.ts';
import { pack, type Target } from '../pack.ts';
import { madeOf, makeSources, type Source, warmProgram } from '../program.ts';
import type { Stage } from '../warm-up/commands.ts';
import { chainAdd, overlayNode } from './commands.ts';

/**
 * The harness's own executable (test/helpers/bench-program.ts): the plugins with an HNS in memory, or
 * without the watchdog. It is made as the product is, when it changed.
 */
export async function benchProgram(places: Places, target: Target): Promise<string> {
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
  return { name: 'bench-program', entry, commands: addByMemory };
}

async function addByMemory({ folder, run }: Stage): Promise<void> {
  for (const turn of ['first', 'second']) {
    const { env = {}, stdin = '' } = chainAdd(overlayNode(join(folder, turn), ''), folder);
    await run({ name: 'flannel', env: { ...env, BENCH_HNS: 'memory' }, stdin });
  }
}

const packedIn = ({ build }: Places, target: Target) =>
  join(build, `bench-program-${target}${target === 'win32-x64' ? '.exe' : ''}`);

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..', '..');
  const places: Places = { root, build: join(root, 'build') };
  const target = process.argv[2] === 'win32-x64' ? 'win32-x64' : 'linux-x64';
  const program = await warmProgram(places, sourceIn(places), target);
  await pack(places, target, program, packedIn(places, target));
}
