import { join } from 'node:path';
import { requestConfig, runPlugin } from '../runtime.ts';
import { overlayNode, pod } from './commands.ts';
import type { Bench } from './setting.ts';

/** Prints how often each command asks HNS, when nothing is unusual. */
export function benchCalls({ folder, places, report }: Bench): void {
  const table = report.table('Calls to HNS, by the simulator’s journal', [
    { title: 'calls', width: 6 },
    { title: 'budget', width: 6 },
    { title: '', width: 6 },
    { title: 'reference', width: 9 },
  ]);
  const executables = join(places.root, 'dist', 'linux-x64');
  const node = overlayNode(join(folder, 'calls'), executables);
  const conflist = { ...node.conflist, cniVersion: '1.1.0' };
  const [plugin = {}] = conflist.plugins;
  const ask = (command: string, extra: object = {}, env: Readonly<Record<string, string>> = {}) => {
    const run = runPlugin({
      folder: executables,
      command,
      config: { ...requestConfig(conflist, plugin, {}), ...extra },
      env: { ...node.env, WINCNI_STATE_DIR: join(folder, 'calls', 'state'), ...env },
      ...(command === 'STATUS' ? {} : { attachment: pod }),
    });
    if (run.exitCode !== 0) throw new Error(`${command}: ${run.stdout}`);
    return run.stdout;
  };
  const row = (what: string, budget: number, reference = '') => {
    const calls = node.newCalls().length;
    const verdict = calls <= budget ? 'met' : 'MISSED';
    const cells = [String(calls), String(budget), verdict, reference];
    table.row(what, cells, { calls, budget, verdict });
  };
  const prevResult: unknown = JSON.parse(ask('ADD'));
  row('ADD', 7, '12');
  ask('CHECK', { prevResult });
  row('CHECK', 3, 'none');
  ask('STATUS');
  row('STATUS', 1, 'none');
  // Only where HNS costs a process is an answer kept; the stand-in PowerShell asks the same simulator.
  const standIn = join(places.root, 'test', 'fixtures', 'powershell', 'stand-in.ts');
  const powershell = { WINCNI_HNS: 'powershell', WINCNI_POWERSHELL: standIn };
  ask('STATUS', {}, powershell);
  row('STATUS by PowerShell (its stand-in)', 1, 'none');
  ask('STATUS', {}, powershell);
  row('the same again, while its last answer is fresh', 0, 'none');
  ask('DEL', { prevResult });
  row('DEL', 3);
}
