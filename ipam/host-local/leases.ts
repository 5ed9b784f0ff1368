import { type Address, parseAddress } from '../../cni/address.ts';
import type { Call } from '../../cni/plugin.ts';
import { prevResultOf } from '../../cni/read-result.ts';
import type { Attachment } from '../../cni/valid-attachments.ts';
import type { Host } from '../../system/host.ts';
import { type HostLocalConfig, type Pool, readHostLocalConfig } from './config.ts';
import { openStore, type Store } from './store.ts';

/** The leases of a network, and for whom a command asks about them. */
export interface Leases {
  readonly host: Host;
  /** Whose leases are meant; both its names are empty for GC and STATUS, which ask for nobody. */
  readonly owner: Attachment;
  readonly store: Store;
}

/** The same, with what addresses are given from. */
export interface LeasePool extends Leases {
  readonly pool: Pool;
}

/** Takes a call apart and opens its network's leases. Throws code 7 for what no command can do with (config.ts). */
export function openLeases(host: Host, call: Call): Leases {
  return leasesWith(readHostLocalConfig(call), host, call);
}

/** The same for a command that needs ranges: what is wrong with them comes before the folder. */
export function openPool(host: Host, call: Call): LeasePool {
  const config = readHostLocalConfig(call);
  const pool = config.pool();
  return { ...leasesWith(config, host, call), pool };
}

function leasesWith(config: HostLocalConfig, host: Host, call: Call): Leases {
  const { containerId, ifName, network } = call;
  const store = openStore(host, config.dataDir, network);
  return { host, owner: { containerId, ifName }, store };
}

/** The addresses of prevResult. One that cannot be read must not keep a lease from being freed. */
export function previousAddresses(call: Call): readonly Address[] {
  try {
    return (prevResultOf(call)?.ips ?? []).flatMap(({ address }) => addressIn(address) ?? []);
  } catch {
    return [];
  }
}

/** The address alone counts: a prefix length that cannot be does not matter here. */
function addressIn(text: string): Address | undefined {
  return parseAddress(text.split('/')[0] ?? '');
}
