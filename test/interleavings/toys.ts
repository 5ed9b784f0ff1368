import { readState } from '../../hns-bridge/simulator/state.ts';
import type { Files } from '../../system/host.ts';
import type { Disk } from './disk.ts';
import { type Program, programOf } from './program.ts';
import type { World } from './world.ts';

/** A world with a disk and an HNS of which nothing is known. */
export function emptyWorldOf(disk: Disk): World {
  return { disk, hns: readState('{}'), running: [] };
}

/** A program of a few file operations; what they give is its answer. */
export function toyProgram(
  name: string,
  pid: number,
  act: (files: Files) => unknown,
): Promise<Program> {
  return programOf({
    name,
    pid,
    play: async ({ files }) => ({ exitCode: 0, document: { gave: act(files) } }),
  });
}
