import { CniError, code } from '../../cni/error.ts';
import type { Call, Delegate } from '../../cni/plugin.ts';
import {
  type Attachment,
  attachmentsAmong,
  validAttachments,
} from '../../cni/valid-attachments.ts';
import type { Host } from '../../system/host.ts';
import { removeIfThere, sweepUnfinished } from '../../system/whole-files.ts';
import { readFlannelConfig } from './config.ts';
import { buildDelegation, networkDelegation } from './delegation.ts';
import { type Remembered, scratchesOf } from './scratch-folder.ts';
import { subnetEnvAtOnce } from './subnet-env-file.ts';

/**
 * GC: the delegate cleans up first, and what was remembered of containers that are gone goes after it.
 * Throws code 11 when neither subnet.env nor a scratch file has the network's subnet for the delegate.
 */
export async function gc(host: Host, delegate: Delegate, call: Call): Promise<void> {
  const valid = validAttachments(call);
  const config = readFlannelConfig(call);
  const env = subnetEnvAtOnce(host, config.subnetFile);
  const { failures, scratches } = scratchesOf(host.files, config.dataDir, call.network);
  const [any] = scratches;
  const built = buildDelegation(call, config, env);
  const { type, call: toDelegate } = !env && any ? networkDelegation(call, any.scratch) : built;
  await delegate(type, toDelegate);
  // Without the list, nobody knows what is stale.
  if (valid) collect(host, scratches, valid, failures);
  sweepUnfinished(host, config.dataDir);
  if (env || any) return;
  throw new CniError(
    code.tryAgain,
    `GC of ${call.network} knew no subnet: ${config.subnetFile} cannot be used, and no scratch file is left`,
    'what could be cleaned up without it was; start flanneld for the rest',
  );
}

/** Forgets the containers that are gone. Throws the first failure, having tried them all. */
function collect(
  host: Host,
  scratches: readonly Remembered[],
  valid: readonly Attachment[],
  unreadable: readonly unknown[],
): void {
  const failures = [...unreadable];
  // Windows knows one file of names that differ in letter case alone.
  const isValid = attachmentsAmong(
    valid.map(({ containerId, ifName }) => ({ containerId: containerId.toLowerCase(), ifName })),
  );
  for (const { owner, path } of scratches) {
    // Where the interface is not known, the file stays while the container has any attachment.
    const ifName = owner.ifName === '' ? undefined : owner.ifName;
    if (isValid({ containerId: owner.sandbox.toLowerCase(), ifName })) continue;
    try {
      removeIfThere(host.files, path);
      host.log('scratch file collected', { path });
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
