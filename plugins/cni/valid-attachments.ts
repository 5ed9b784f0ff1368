import { isJsonObject, keyValue } from './config.ts';
import { CniError, code } from './error.ts';
import type { Call } from './plugin.ts';

/** One attachment that GC must leave alone. */
export interface Attachment {
  readonly containerId: string;
  readonly ifName: string;
}

const key = 'cni.dev/valid-attachments';

/**
 * The attachments that may stay, from `cni.dev/valid-attachments` (SPEC.md, GC). Throws code 7 when
 * there is no such list or an entry of it cannot be read: cleaning up after a guess would take the
 * network from running pods.
 */
export function validAttachments(call: Call): readonly Attachment[] {
  const list = call.config[key];
  if (!Array.isArray(list)) {
    throw new CniError(
      code.invalidConfig,
      `invalid network configuration: ${key}: expected an array`,
      'GC needs the list of attachments that may stay; the runtime gives it',
    );
  }
  return list.map((entry: unknown, index) => {
    const containerId = isJsonObject(entry) ? keyValue(entry, 'containerID') : undefined;
    const ifName = isJsonObject(entry) ? keyValue(entry, 'ifname') : undefined;
    if (typeof containerId === 'string' && typeof ifName === 'string') {
      return { containerId, ifName };
    }
    throw new CniError(
      code.invalidConfig,
      `invalid network configuration: ${key}[${index}]: expected containerID and ifname`,
      'an attachment that cannot be read might be a running pod: nothing was removed',
    );
  });
}
