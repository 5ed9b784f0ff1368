import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostLocal } from '../../../ipam/host-local/plugin.ts';
import type { Host } from '../../../system/host.ts';
import { nodeHost } from '../../../system/node-host.ts';
import { deadlineOf } from '../../helpers/deadline.ts';
import { callOf, previous } from './trial.ts';

/**
 * A process of its own that adds and deletes pods: `churn-worker.ts <name> <pods> <subnet> <data
 * folder> <witness folder>`. At most 10 live at a time; in the end none does. For as long as a pod
 * has an address, a file stands witness of it: a second pod with that address cannot write it.
 */
const [name = '', pods = '', subnet = '', dataDir = '', witnesses = ''] = process.argv.slice(2);

const host: Host = {
  ...nodeHost(process),
  deadline: deadlineOf(),
  env: {},
  log: () => {},
};
const plugin = hostLocal(host);

interface Pod {
  readonly containerId: string;
  readonly address: string;
}

const witnessOf = (address: string) => join(witnesses, address.replace('/', '-'));

async function add(containerId: string): Promise<Pod> {
  const { ips } = await plugin.ADD(callOf(dataDir, 'ADD', containerId, { ipam: { subnet } }));
  const address = ips[0]?.address ?? '';
  writeFileSync(witnessOf(address), containerId, { flag: 'wx' });
  return { containerId, address };
}

async function remove({ address, containerId }: Pod, told: boolean): Promise<void> {
  rmSync(witnessOf(address));
  const config = told ? { prevResult: previous(address) } : {};
  await plugin.DEL(callOf(dataDir, 'DEL', containerId, { ipam: { subnet }, config }));
}

const living: Pod[] = [];
for (let number = 0; number < Number(pods); number++) {
  living.push(await add(`${name}-${number}`));
  const oldest = living.length > 10 ? living.shift() : undefined;
  if (oldest) await remove(oldest, number % 2 === 0);
}
for (const pod of living) await remove(pod, true);
