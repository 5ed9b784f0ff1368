import { invalidConfig } from './error.ts';
import { isJsonObject } from './json-object.ts';
import { keyValue } from './keys.ts';
import type { Call } from './plugin.ts';

/** One attachment that GC must leave alone. */
export interface Attachment {
  readonly containerId: string;
  readonly ifName: string;
}

const key = 'cni.dev/valid-attachments';

/** What libcni called it first, and still sends beside it. */
const firstKey = 'cni.dev/attachments';

/**
 * The attachments that may stay, from `cni.dev/valid-attachments` (SPEC.md, GC). Undefined when the
 * runtime sends no list: cnitool does not, having deleted what it knows of itself; then nothing can
 * be called stale. `null` is Go's empty list. Throws code 7 for an entry that cannot be read: it
 * might be a running pod's.
 */
export function validAttachments(call: Call): readonly Attachment[] | undefined {
  const { [firstKey]: first, [key]: list = first } = call.config;
  if (list === undefined) return undefined;
  if (list === null) return [];
  if (!Array.isArray(list)) {
    throw invalidConfig(
      key,
      'expected an array',
      'GC needs the list of attachments that may stay; the runtime gives it',
    );
  }
  return list.map((entry: unknown, index) => {
    const containerId = isJsonObject(entry) ? keyValue(entry, 'containerID') : undefined;
    const ifName = isJsonObject(entry) ? keyValue(entry, 'ifname') : undefined;
    if (typeof containerId === 'string' && typeof ifName === 'string') {
      return { containerId, ifName };
    }
    throw invalidConfig(
      `${key}[${index}]`,
      'expected containerID and ifname',
      'an attachment that cannot be read might be a running pod: nothing was removed',
    );
  });
}
