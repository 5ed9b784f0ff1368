import type { OpenHns } from '../../hns-bridge/index.ts';
import type { Host } from '../cni/host.ts';
import type { Delegate } from '../cni/plugin.ts';

/** What the attach engine works with. */
export interface AttachDeps {
  readonly host: Host;
  readonly delegate: Delegate;
  /** Opening starts what takes time (a PowerShell process) and does not wait for it. */
  readonly openHns: () => Promise<OpenHns>;
}
