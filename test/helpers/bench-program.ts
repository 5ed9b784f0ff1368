import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { HnsState } from '../../hns-bridge/simulator/state.ts';
import { type Surroundings, serve } from '../../plugins/serve.ts';
import { nodeHost } from '../../system/node-host.ts';
import { replaceStreams, standardInput, writeAll, writeIfPossible } from '../../system/streams.ts';
import overlay from '../fixtures/hns/overlay.json' with { type: 'json' };

/**
 * flannel and all it delegates to, as plugins/main.ts starts it, but for its way to HNS, which BENCH_HNS
 * says: `npm run bench` makes this as the product is made. Without BENCH_HNS, it is the product's.
 *
 * - `memory`: a simulated HNS that touches no file. What it begins with is the overlay's example, or
 *   hns.json in the folder BENCH_STATE, and BENCH_ENDPOINTS more endpoints like the first there; what
 *   becomes of it ends with the process.
 * - `unwatched`: HNS's libraries, and no watchdog.
 */
async function wayToHns(): Promise<Pick<Surroundings, 'libraries' | 'transport'>> {
  const { BENCH_ENDPOINTS, BENCH_HNS, BENCH_STATE } = process.env;
  if (BENCH_HNS === 'unwatched') {
    const { systemFolder, systemLibraries } = await import('../../hns-bridge/native/libraries.ts');
    return { libraries: systemLibraries(systemFolder()) };
  }
  if (BENCH_HNS === undefined) return {};
  const { memoryHns } = await import('./memory-hns.ts');
  const state =
    BENCH_STATE === undefined
      ? JSON.stringify(overlay)
      : readFileSync(join(BENCH_STATE, 'hns.json'), 'utf8');
  const hns = memoryHns(state, (_, perform) => perform());
  hns.setState(withEndpoints(hns.state(), Number(BENCH_ENDPOINTS ?? 0)));
  return { transport: hns.transport };
}

/** With more endpoints like the first, of pods `other0` and so on. Their ids are not of our making. */
function withEndpoints(state: HnsState, more: number): HnsState {
  const [like = {}] = state.endpoints;
  const network = String(like['Name']).split('_').slice(1).join('_');
  const others = Array.from({ length: more }, (_, index) => ({
    ...like,
    ID: `0B0C0D0E-0000-4000-8000-${index.toString(16).toUpperCase().padStart(12, '0')}`,
    Name: `other${index}_${network}`,
  }));
  return { ...state, endpoints: [...state.endpoints, ...others] };
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
