import { sandboxId } from '../../cni/identifiers.ts';
import type { Call } from '../../cni/plugin.ts';

/** The attachment a scratch file is written for. */
export interface Owner {
  /** The id of the container whose network it is. */
  readonly sandbox: string;
  /** Empty when it is not known: the reference does not write the interface down. */
  readonly ifName: string;
}

/** The attachment a call is about. Throws code 4 when its netns names no container's id. */
export function ownerOf(call: Call): Owner {
  return { sandbox: sandboxId(call), ifName: call.ifName };
}

/** Whether a call is about a workload container of Docker, which lives in its sandbox's network. */
export function isWorkload(call: Call): boolean {
  return call.netns.startsWith('container:');
}
