import type { Call, Delegate } from '../../cni/plugin.ts';
import type { Host } from '../../system/host.ts';
import { type FlannelConfig, readFlannelConfig } from './config.ts';
import { buildDelegation, rememberedDelegation } from './delegation.ts';
import { ownerOf } from './owner.ts';
import { type Scratch, subnetsIn } from './scratch.ts';
import { recall } from './scratch-folder.ts';
import { awaitSubnetEnv, subnetEnvAtOnce } from './subnet-env-file.ts';

/** CHECK: the delegate compares what there is with what ADD remembered. Throws its error. */
export async function check(host: Host, delegate: Delegate, call: Call): Promise<void> {
  const config = readFlannelConfig(call);
  const found = recall(host.files, config.dataDir, ownerOf(call));
  const remembered = rememberedDelegation(host, call, found);
  if (found?.scratch) logSubnetChange(host, config, found.scratch);
  const { type, call: toDelegate } =
    remembered ?? buildDelegation(call, config, await awaitSubnetEnv(host, config.subnetFile));
  await delegate(type, toDelegate);
}

/** A node may get another subnet while pods of the old one live on: the delegate says if it hurts. */
function logSubnetChange(host: Host, { subnetFile }: FlannelConfig, scratch: Scratch): void {
  const now = subnetEnvAtOnce(host, subnetFile)?.subnets;
  const then = subnetsIn(scratch);
  if (now && now.join() !== then.join()) host.log('the node has another subnet now', { then, now });
}
