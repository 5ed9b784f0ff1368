import { CniError, code, toCniError } from '../../cni/error.ts';
import type { Call, Delegate } from '../../cni/plugin.ts';
import type { Result } from '../../cni/result.ts';
import type { Host } from '../../system/host.ts';
import { removeIfThere } from '../../system/whole-files.ts';
import { type FlannelConfig, readFlannelConfig } from './config.ts';
import { buildDelegation, type Delegation } from './delegation.ts';
import { isWorkload, type Owner, ownerOf } from './owner.ts';
import { type Remembering, recall, remember } from './scratch-folder.ts';
import { awaitSubnetEnv } from './subnet-env-file.ts';

/**
 * ADD: configures the delegate, remembers the configuration, and hands on. It is remembered before it
 * is used: a crash leaves what DEL needs. Throws the delegate's error, or code 121 when it answers
 * nothing; 4, 7 and 11 as what it reads does.
 */
export async function add(host: Host, delegate: Delegate, call: Call): Promise<Result> {
  const config = readFlannelConfig(call);
  for (const note of config.notes) host.log('note', { note });
  const owner = ownerOf(call);
  const env = await awaitSubnetEnv(host, config.subnetFile);
  const delegation = buildDelegation(call, config, env);
  for (const note of delegation.notes ?? []) host.log('note', { note });
  const { isNew, path } = rememberFor(host, config, owner, delegation);
  try {
    const result = await delegate(delegation.type, delegation.call);
    if (result) return result;
    throw new CniError(
      code.delegateFailed,
      `plugin ${delegation.type} answered ADD without a result`,
    );
  } catch (error) {
    // A repeated ADD must not take from the pod what an earlier one gave it.
    if (isNew) await takeBack(host, delegate, delegation, path, error);
    throw error;
  }
}

function rememberFor(
  host: Host,
  { dataDir }: FlannelConfig,
  owner: Owner,
  { call }: Delegation,
): Remembering {
  // A workload container shares its sandbox's network, whose DEL needs the sandbox's configuration.
  const shared = isWorkload(call) ? recall(host.files, dataDir, owner) : undefined;
  const remembered = shared?.scratch
    ? { path: shared.path, isNew: false }
    : remember(host, dataDir, owner, call.config);
  host.log('delegate configuration remembered', { ...remembered });
  return remembered;
}

/** SPEC.md, section 4: a delegate whose ADD failed is sent DEL; the first error is the answer. */
async function takeBack(
  host: Host,
  delegate: Delegate,
  { type, call }: Delegation,
  path: string,
  failure: unknown,
): Promise<void> {
  host.deadline.turnBack();
  // One that is not installed has made nothing.
  const wasCalled = toCniError(failure).code !== code.delegateMissing;
  try {
    // Without a prevResult, as ADD was called: that of the plugins before us is not the delegate's.
    if (wasCalled) await delegate(type, { ...call, command: 'DEL' });
    removeIfThere(host.files, path);
  } catch (error) {
    host.log('DEL after the failed ADD failed too', { path, error: toCniError(error).message });
  }
}
