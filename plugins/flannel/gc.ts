import { CniError, code } from '../../cni/error.ts';
import type { Call, Delegate } from '../../cni/plugin.ts';
import {
  type Attachment,
  attachmentsAmong,
  validAttachments,
} from '../../cni/valid-attachments.ts';
import type { Host } from '../../system/host.ts';
import { sweepUnfinished } from '../../system/whole-files.ts';
import { readFlannelConfig } from './config.ts';
import { buildDelegation, networkDelegation } from './delegation.ts';
import { type Remembered, scratchesOf, setAside } from './scratch-folder.ts';
import { subnetEnvAtOnce } from './subnet-env-file.ts';

/**
 * GC: the delegate cleans up first, and what was remembered of containers that are gone goes after it.
 * Throws code 11 when neither subnet.env nor a scratch file has the network's subnet for the delegate.
 */
export async function gc(host: Host, delegate: Delegate, call: Call): Promise<void> {
  const valid = validAttachments(call);
  const config = readFlannelConfig(call);
  const env = subnetEnvAtOnce(host, config.subnetFile);
  const look = () => scratchesOf(host.files, config.dataDir, call.network);
  let { failures, scratches } = look();
  const [any] = scratches;
  const built = buildDelegation(call, config, env);
  const { type, call: toDelegate } = !env && any ? networkDelegation(call, any.scratch) : built;
  // Without the list, nobody knows what is stale.
  const staleOf = (all: readonly Remembered[]) => (valid ? staleAmong(all, valid) : []);
  let stale = staleOf(scratches);
  // What an ADD that the list does not know remembers meanwhile is collected too.
  for (let looks = 1; looks === 1 || (stale.length > 0 && looks <= mostLooks); looks++) {
    await collect(host, stale, () => delegate(type, toDelegate));
    ({ failures, scratches } = look());
    stale = staleOf(scratches);
  }
  sweepUnfinished(host, config.dataDir);
  if (valid && failures.length > 0) throw failures[0];
  if (env || any) return;
  throw new CniError(
    code.tryAgain,
    `GC of ${call.network} knew no subnet: ${config.subnetFile} cannot be used, and no scratch file is left`,
    'what could be cleaned up without it was; start flanneld for the rest',
  );
}

/** How often files are looked for: more only where ADDs that the list does not know go on and on. */
const mostLooks = 5;

/** Forgets the containers that are gone, once the delegate has collected them. */
async function collect(
  host: Host,
  stale: readonly Remembered[],
  collectPods: () => Promise<unknown>,
): Promise<void> {
  const asides = stale.flatMap(({ path }) => setAside(host, path) ?? []);
  try {
    await collectPods();
  } catch (error) {
    for (const aside of asides) aside.putBack();
    throw error;
  }
  for (const aside of asides) aside.drop();
  for (const { path } of stale) host.log('scratch file collected', { path });
}

/** Which are of no valid attachment. */
function staleAmong(
  scratches: readonly Remembered[],
  valid: readonly Attachment[],
): readonly Remembered[] {
  // Windows knows one file of names that differ in letter case alone.
  const isValid = attachmentsAmong(
    valid.map(({ containerId, ifName }) => ({ containerId: containerId.toLowerCase(), ifName })),
  );
  return scratches.filter(({ owner }) => {
    // Where the interface is not known, the file stays while the container has any attachment.
    const ifName = owner.ifName === '' ? undefined : owner.ifName;
    return !isValid({ containerId: owner.sandbox.toLowerCase(), ifName });
  });
}
