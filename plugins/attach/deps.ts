import type { Delegate } from '../../cni/plugin.ts';
import type { HnsClients } from '../../hns-bridge/client.ts';
import type { Host } from '../../system/host.ts';

/** What the attach engine works with. */
export interface AttachDeps {
  readonly host: Host;
  readonly delegate: Delegate;
  /**
   * The way to HNS, one for the whole command. The first to ask starts what takes time (a PowerShell
   * process) without waiting for it; whoever serves the command ends it.
   */
  readonly openHns: () => Promise<HnsClients>;
}
