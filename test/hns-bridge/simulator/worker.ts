import { openSimulator } from '../../../hns-bridge/simulator/index.ts';
import { nodeHost } from '../../../system/node-host.ts';

/** A process of its own that creates endpoints: `worker.ts <folder> <network> <id>…`. */
const [folder = '', network = '', ...ids] = process.argv.slice(2);
const hns = openSimulator(folder, nodeHost(process));
for (const id of ids) {
  await hns.create(
    'Endpoint',
    id,
    JSON.stringify({ Name: id, HostComputeNetwork: network }),
    network,
  );
}
