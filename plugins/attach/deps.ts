import type { Hns } from '../../hns-bridge/hns.ts';
import type { Host } from '../cni/host.ts';
import type { Delegate } from '../cni/plugin.ts';

/** HNS, opened: one client a dialect over one transport. */
export interface OpenHns {
  readonly v1: Hns;
  readonly v2: Hns;
  /** Lets go of the transport; never throws. */
  close(): Promise<void>;
}

/** What the attach engine works with. */
export interface AttachDeps {
  readonly host: Host;
  readonly delegate: Delegate;
  /** Opening starts what takes time (a PowerShell process) and does not wait for it. */
  readonly openHns: () => Promise<OpenHns>;
}
