import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../bundle.ts';
import type { Places } from '../node-bases.ts';
import { pack, type Target } from '../pack.ts';

/**
 * The harness's own executable (test/helpers/bench-program.ts): the plugins with an HNS in memory, or
 * without the watchdog. It is packed as the product is, when it changed.
 */
export async function benchProgram(places: Places, target: Target): Promise<string> {
  const source = sourceIn(places);
  await bundle(join(places.root, 'test', 'helpers', 'bench-program.ts'), source);
  const packed = packedIn(places, target);
  const stampFile = `${packed}.stamp`;
  // The lock file says which Node is in it.
  const parts = [
    source,
    join(places.root, 'package-lock.json'),
    join(import.meta.dirname, '..', 'pack.ts'),
  ];
  const stamp = parts.map((path) => readFileSync(path, 'utf8')).join();
  const isFresh = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isFresh && existsSync(packed)) return packed;
  // A process each: packing changes the working directory.
  const run = spawnSync(process.execPath, [import.meta.filename, target], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`bench-program was not packed: ${run.stdout}${run.stderr}`);
  writeFileSync(stampFile, stamp);
  return packed;
}

const sourceIn = ({ build }: Places) => join(build, 'bench-program.cjs');

const packedIn = ({ build }: Places, target: Target) =>
  join(build, `bench-program-${target}${target === 'win32-x64' ? '.exe' : ''}`);

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..', '..');
  const places: Places = { root, build: join(root, 'build') };
  const target = process.argv[2] === 'win32-x64' ? 'win32-x64' : 'linux-x64';
  await pack(places, target, sourceIn(places), packedIn(places, target));
}
