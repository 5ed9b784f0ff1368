import { openSimulator } from '../../../hns-bridge/simulator/index.ts';
import { nodeHost } from '../../../system/node-host.ts';

/**
 * A process of its own that creates endpoints, all at once: `worker.ts <folder> <network> <id>…`.
 */
const [folder = '', network = '', ...ids] = process.argv.slice(2);
const hns = openSimulator(folder, nodeHost(process));
const create = (id: string) =>
  hns.create('Endpoint', id, JSON.stringify({ Name: id, HostComputeNetwork: network }), network);
await Promise.all(ids.map(create));
