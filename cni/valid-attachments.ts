import { invalidConfig } from './error.ts';
import { interfaceProblem, isIdentifier } from './identifiers.ts';
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

/** An attachment as it is known from what was kept of it: not everybody wrote the interface down. */
export interface KnownAttachment {
  readonly containerId: string;
  readonly ifName: string | undefined;
}

/**
 * Tells whether an attachment is among those of a list; one whose interface is not known is if any of its
 * container's is. Each question takes the same time, however long the list: a node may have thousands.
 */
export function attachmentsAmong(
  list: readonly Attachment[],
): (attachment: KnownAttachment) => boolean {
  const interfaces = new Map<string, Set<string>>();
  for (const { containerId, ifName } of list) {
    const known = interfaces.get(containerId);
    if (known) known.add(ifName);
    else interfaces.set(containerId, new Set([ifName]));
  }
  return ({ containerId, ifName }) => {
    const known = interfaces.get(containerId);
    return known !== undefined && (ifName === undefined || known.has(ifName));
  };
}

/**
 * In whose names start scripts take addresses for the host itself, in small letters: kube-proxy's source
 * address on an overlay is leased to `dummy` (Microsoft's, Calico's) or to `kube-proxy`, interface
 * `source-vip` (RKE2's).
 */
const hostNames = ['dummy', 'kube-proxy', 'source-vip'];

/**
 * Whether something can be a CNI attachment's. What is not is in no runtime's list, and GC must leave it
 * alone: what a host took for itself, and what bears names that no runtime can ask with.
 */
export function isAttachments({ containerId, ifName }: KnownAttachment): boolean {
  if (hostNames.includes(containerId.toLowerCase()) || !isIdentifier(containerId)) return false;
  return ifName === undefined || interfaceProblem(ifName) === undefined;
}
