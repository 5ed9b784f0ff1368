import { openSimulator } from '../../../hns-bridge/simulator/index.ts';

/** A process of its own that creates endpoints: `worker.ts <folder> <network> <id>…`. */
const [folder = '', network = '', ...ids] = process.argv.slice(2);
const hns = openSimulator({ folder });
for (const id of ids) {
  await hns.create(
    'Endpoint',
    id,
    JSON.stringify({ Name: id, HostComputeNetwork: network }),
    network,
  );
}
