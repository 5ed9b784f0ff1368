import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AcceptanceFile, acceptanceSchema } from '../../plugins/wincni/acceptance/document.ts';
import { trialOperator } from '../../scripts/trial-operator.ts';
import { nodeHost } from '../../system/node-host.ts';
import { quickFolder } from './quick-folder.ts';
import type { Json } from './trial-node.ts';

/** A node of the simulator on which nothing runs, and acceptance on it, in this process. */
export function acceptanceNode(hns: Json = {}, env: Readonly<Record<string, string>> = {}) {
  const folder = quickFolder();
  const hnsFolder = join(folder, 'hns');
  mkdirSync(hnsFolder);
  writeFileSync(join(hnsFolder, 'hns.json'), JSON.stringify(hns));
  const host = nodeHost(process);
  let ahead = 0;
  const { operator, run } = trialOperator({
    machine: {
      ...host,
      env: {
        PATH: process.env['PATH'],
        WINCNI_HNS: 'simulator',
        WINCNI_HNS_STATE: hnsFolder,
        WINCNI_STATE_DIR: join(folder, 'state'),
        ...env,
      },
      // Sleeping takes no time.
      clock: {
        ...host.clock,
        elapsed: () => host.clock.elapsed() + ahead,
        sleep: async (ms) => {
          ahead += ms;
        },
      },
    },
  });
  const out = join(folder, 'out.json');
  return {
    folder,
    hnsFolder,
    operator,
    out,
    /** Runs `wincni acceptance` on this very node. */
    accept: (...words: readonly string[]) =>
      run('acceptance', '--destroy-on', 'WIN-7', '--out', out, ...words),
    run,
    file: (): AcceptanceFile => acceptanceSchema().parse(JSON.parse(readFileSync(out, 'utf8'))),
    hns: () => JSON.parse(readFileSync(join(hnsFolder, 'hns.json'), 'utf8')),
    orderFaults: (faults: readonly Json[]) =>
      writeFileSync(join(hnsFolder, 'faults.json'), JSON.stringify(faults)),
  };
}

/** All that can be tried on the simulator. */
export const everyMode = ['--modes', 'nat,l2bridge,overlay', '--adapter', 'Ethernet'] as const;
