import { CniError, code, overtakenAdd, toCniError, withLeftovers } from '../../cni/error.ts';
import type { Call, Delegate } from '../../cni/plugin.ts';
import type { Result } from '../../cni/result.ts';
import type { Host } from '../../system/host.ts';
import { removeIfThere } from '../../system/whole-files.ts';
import { type FlannelConfig, readFlannelConfig } from './config.ts';
import { buildDelegation, type Delegation } from './delegation.ts';
import { isWorkload, type Owner, ownerOf } from './owner.ts';
import { isRemembered, type Remembering, recall, remember } from './scratch-folder.ts';
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
  const { isNew, path } = rememberedFor(host, config, owner, delegation);
  // A workload's is its sandbox's.
  const isKept = () => isWorkload(call) || isRemembered(host.files, path, owner);
  try {
    const result = await delegate(delegation.type, delegation.call);
    if (result && isKept()) return result;
    if (result) throw overtaken(call);
    throw new CniError(
      code.delegateFailed,
      `plugin ${delegation.type} answered ADD without a result`,
    );
  } catch (error) {
    // A repeated ADD must not take from the pod what an earlier one gave it, unless that is being deleted.
    const isTakenBack = isNew || !isKept();
    throw isTakenBack
      ? withLeftovers(error, await takeBack(host, delegate, delegation, path, error))
      : error;
  }
}

/** A DEL, or a GC that did not know the pod, ran at the same time: it may have missed what came after it. */
function overtaken({ containerId, ifName }: Call): CniError {
  return overtakenAdd(`${ifName} of ${containerId} was deleted`);
}

function rememberedFor(
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
  if (!remembered) throw overtaken(call);
  host.log('delegate configuration remembered', { ...remembered });
  return remembered;
}

/**
 * SPEC.md, section 4: a delegate whose ADD failed is sent DEL; the first error is the answer. Not where HNS did
 * not answer in time: it may make the endpoint yet, whose address DEL would give back now. Gives what stays.
 */
async function takeBack(
  host: Host,
  delegate: Delegate,
  { type, call }: Delegation,
  path: string,
  failure: unknown,
): Promise<readonly string[]> {
  host.deadline.turnBack();
  const failed = toCniError(failure).code;
  if (failed === code.hnsTimeout) return [`scratch file ${path}`];
  // One that is not installed has made nothing.
  const wasCalled = failed !== code.delegateMissing;
  try {
    // Without a prevResult, as ADD was called: that of the plugins before us is not the delegate's.
    if (wasCalled) await delegate(type, { ...call, command: 'DEL' });
    removeIfThere(host.files, path);
    return [];
  } catch (error) {
    host.log('DEL after the failed ADD failed too', { path, error: toCniError(error).message });
    return [`scratch file ${path}`];
  }
}
