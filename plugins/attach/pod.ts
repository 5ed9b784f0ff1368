import type { Call } from '../../cni/plugin.ts';
import { noSource, openAddressSource } from '../../ipam/address-source.ts';
import type { AddressSource } from '../../ipam/allocation.ts';
import { type PodAttachment, readAttachment } from './attachment.ts';
import { type AttachConfig, readAttachConfig } from './config.ts';
import type { AttachDeps } from './deps.ts';
import type { Mode } from './modes.ts';

/** A pod to be added, as its call says: from here on nobody looks at the call again. */
export interface Pod {
  readonly config: AttachConfig;
  readonly attachment: PodAttachment;
  readonly source: AddressSource;
}

/** Takes the call of an ADD apart. Throws codes 4, 5 and 7. */
export function readPod(deps: AttachDeps, mode: Mode, call: Call): Pod {
  const config = readAttachConfig(mode, call);
  const attachment = readAttachment(call, config.apiVersion);
  // A workload container of Docker has the addresses of its sandbox.
  const source = attachment.sandbox.shared ? noSource : openAddressSource(deps, call);
  return { config, attachment, source };
}
