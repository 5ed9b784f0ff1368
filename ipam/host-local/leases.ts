import { type Address, parseAddress } from '../../cni/address.ts';
import type { Call } from '../../cni/plugin.ts';
import { prevResultOf } from '../../cni/read-result.ts';
import type { Attachment } from '../../cni/valid-attachments.ts';
import type { Host } from '../../system/host.ts';
import { type HostLocalConfig, readHostLocalConfig } from './config.ts';
import { once } from './once.ts';
import { openStore, type Store } from './store.ts';

/** The leases of a network, and for whom a command asks about them. */
export interface Leases {
  readonly host: Host;
  /** Whose leases are meant; both its names are empty for GC and STATUS, which ask for nobody. */
  readonly owner: Attachment;
  readonly config: HostLocalConfig;
  /** The files, their folder made at the first call. Throws the operating system's error then. */
  readonly store: () => Store;
}

/** Takes a call apart. Throws code 7 for what no command can do with (see config.ts). */
export function openLeases(host: Host, call: Call): Leases {
  const { containerId, ifName, network } = call;
  const config = readHostLocalConfig(call);
  const store = once(() => openStore(host, config.dataDir, network));
  return { host, owner: { containerId, ifName }, config, store };
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
