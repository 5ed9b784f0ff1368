import { transportOver } from '../native-functions.ts';
import type { Transport } from '../transport.ts';
import { openCalls } from './calls.ts';
import { functionsOver } from './functions.ts';
import type { SimulatorHost } from './lock.ts';

/**
 * An HNS with rules, for tests and for trying the plugins where there is no Windows. Its state is
 * `hns.json` in a folder (see state.ts), every call is a line of `calls.jsonl` there, faults are
 * ordered in `faults.json` (see faults.ts). It answers and refuses with HNS's own documents and
 * codes, and is as strict as HNS is known to be, or stricter. Many processes may use one folder.
 */
export function openSimulator(folder: string, host: SimulatorHost): Transport {
  const { kill, pid } = host;
  const caller = { pid, end: () => kill(pid, 'SIGKILL') };
  return transportOver(functionsOver(openCalls({ folder, host, caller })), async () => {});
}
