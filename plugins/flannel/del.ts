import type { Call, Delegate } from '../../cni/plugin.ts';
import type { Host } from '../../system/host.ts';
import { readFlannelConfig } from './config.ts';
import { buildDelegation, rememberedDelegation } from './delegation.ts';
import { isWorkload, ownerOf } from './owner.ts';
import { forget, recall } from './scratch-folder.ts';
import { subnetEnvAtOnce } from './subnet-env-file.ts';

/**
 * DEL: hands on what ADD remembered, or else what can be known now, and forgets it. It is forgotten
 * only once the delegate has deleted: a failed DEL is repeated.
 */
export async function del(host: Host, delegate: Delegate, call: Call): Promise<void> {
  const config = readFlannelConfig(call);
  const owner = ownerOf(call);
  const found = recall(host.files, config.dataDir, owner);
  const { type, call: toDelegate } =
    rememberedDelegation(host, call, found) ??
    buildDelegation(call, config, subnetEnvAtOnce(host, config.subnetFile));
  await delegate(type, toDelegate);
  if (isWorkload(call)) return;
  forget(host.files, config.dataDir, owner, found?.path);
}
