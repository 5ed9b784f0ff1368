import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { serve } from '../../plugins/serve.ts';
import { nodeHost } from '../../system/node-host.ts';
import { replaceStreams, standardInput, writeAll, writeIfPossible } from '../../system/streams.ts';
import overlay from '../fixtures/hns/overlay.json' with { type: 'json' };

/**
 * flannel and all it delegates to, as plugins/main.ts starts it, but for its way to HNS, which BENCH_HNS
 * says: `npm run bench` packs this as the product is packed.
 *
 * - `memory`: a simulated HNS that touches no file. What it begins with is the overlay's example, or
 *   hns.json in the folder BENCH_STATE; what becomes of it ends with the process.
 * - `unwatched`: HNS's libraries, and no watchdog.
 */
async function wayToHns(): Promise<Pick<Parameters<typeof serve>[2], 'libraries' | 'transport'>> {
  const { BENCH_HNS, BENCH_STATE } = process.env;
  if (BENCH_HNS === 'unwatched') {
    const { systemFolder, systemLibraries } = await import('../../hns-bridge/native/libraries.ts');
    return { libraries: systemLibraries(systemFolder()) };
  }
  const { memoryHns } = await import('./memory-hns.ts');
  const state =
    BENCH_STATE === undefined
      ? JSON.stringify(overlay)
      : readFileSync(join(BENCH_STATE, 'hns.json'), 'utf8');
  return { transport: memoryHns(state, (_, perform) => perform()).transport };
}

async function main(): Promise<number> {
  const machine = nodeHost(process);
  const stdin = standardInput(machine.clock);
  return serve(
    'flannel',
    {
      env: process.env,
      pathDelimiter: delimiter,
      readStdin: stdin.read,
      writeStdout: (text) => writeAll(1, text),
      writeStderr: (text) => writeIfPossible(2, text),
    },
    { ...machine, version: '0', started: 0, ...(await wayToHns()) },
  );
}

replaceStreams(process);
main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    writeIfPossible(2, `${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  },
);
