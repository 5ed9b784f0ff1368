import type { Delegate } from '../../cni/plugin.ts';
import type { HnsClients } from '../../hns-bridge/client.ts';
import type { HnsWay } from '../../hns-bridge/ways.ts';
import type { Host } from '../../system/host.ts';

/** What the attach engine works with. */
export interface AttachDeps {
  readonly host: Host;
  readonly delegate: Delegate;
  /** Of the suite. */
  readonly version: string;
  /**
   * The way to HNS, one for the whole command: the first to ask says which the configuration wants, and
   * starts what takes time (a PowerShell process) without waiting for it; whoever serves the command
   * ends it.
   */
  readonly openHns: (
    configured: HnsWay | undefined,
    /** What the command will ask, as far as it knows: listings of V1 need the least. */
    needs?: 'listings',
  ) => Promise<HnsClients>;
}
