import { CniError, code } from '../../cni/error.ts';
import type { Hns } from '../../hns-bridge/client.ts';
import type { Endpoint } from '../../hns-bridge/documents.ts';
import type { Host } from '../../system/host.ts';
import { attemptUntil } from '../../system/wait.ts';

/** How long ADD looks again at an endpoint whose document is not whole. */
const schedule = { pauses: 250, timeout: 5_000 };

/**
 * A new endpoint with what the result says of it. HNS may fill in late what it chooses itself, the
 * address and the MAC address: then it is looked at again. Throws code 11 for one without an address.
 */
export async function settled(
  { hns, host }: { readonly hns: Hns; readonly host: Pick<Host, 'clock' | 'deadline' | 'log'> },
  endpoint: Endpoint,
): Promise<Endpoint> {
  if (isWhole(endpoint)) return endpoint;
  host.log('endpoint not whole yet', { id: endpoint.ID });
  let last = endpoint;
  const limits = { ...schedule, timeout: host.deadline.within(schedule.timeout) };
  await attemptUntil(host.clock, limits, async () => {
    last = (await hns.endpoint(endpoint.ID)) ?? last;
    return isWhole(last) ? last : undefined;
  });
  if (hasAddress(last)) return last;
  throw new CniError(
    code.tryAgain,
    `HNS gave endpoint ${endpoint.ID} no address yet`,
    'it chooses the address where the configuration has no IPAM plugin: see the subnets of the network, Get-HnsNetwork',
  );
}

const hasAddress = ({ IpConfigurations = [] }: Endpoint) => IpConfigurations.length > 0;
const isWhole = (endpoint: Endpoint) => hasAddress(endpoint) && endpoint.MacAddress !== undefined;
