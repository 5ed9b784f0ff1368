import { delegateCall } from '../../cni/delegate.ts';
import { CniError, code } from '../../cni/error.ts';
import type { Call, Delegate } from '../../cni/plugin.ts';
import type { Host } from '../../system/host.ts';
import { type FlannelConfig, readFlannelConfig, readToDelete } from './config.ts';
import { buildDelegation, type Delegation, rememberedDelegation } from './delegation.ts';
import { isWorkload, type Owner, ownerOf } from './owner.ts';
import { type Recalled, recall, recallAside, setAside, sweepUp } from './scratch-folder.ts';
import type { SubnetEnv } from './subnet-env.ts';
import { subnetEnvAtOnce } from './subnet-env-file.ts';

/** What the steps of one DEL share. */
interface Deletion {
  readonly host: Host;
  readonly delegate: Delegate;
  readonly call: Call;
  readonly config: FlannelConfig;
  readonly owner: Owner;
}

/** How often a file is looked for: more only where ADDs of the same attachment go on and on. */
const mostLooks = 5;

/**
 * DEL: hands on what ADD remembered, or else what can be known now, and forgets it. It is forgotten
 * only once the delegate has deleted: a failed DEL is repeated. What an ADD that runs at the same time
 * remembers meanwhile is deleted too.
 */
export async function del(host: Host, delegate: Delegate, call: Call): Promise<void> {
  const owner = ownerOf(call);
  const config = configOf(host, call);
  const deletion = { host, delegate, call, config, owner };
  let found = recall(host.files, config.dataDir, owner);
  // A workload container lives in its sandbox's network, whose file stays.
  if (isWorkload(call)) return handOn(deletion, found);
  for (let looks = 1; looks === 1 || (found && looks <= mostLooks); looks++) {
    await deleteRemembered(deletion, found);
    const late = recall(host.files, config.dataDir, owner);
    // One that is nobody's in particular was there before: it may be the reference's, of another network.
    found = late?.scratch?.owner && late;
  }
  sweepUp(host, config.dataDir, owner);
}

async function deleteRemembered(deletion: Deletion, found: Recalled | undefined): Promise<void> {
  const { config, host, owner } = deletion;
  const aside = found && setAside(host, found.path);
  try {
    const known = found?.scratch ? found : recallAside(host, config.dataDir, owner);
    await handOn(deletion, known ?? found);
  } catch (error) {
    aside?.putBack();
    throw error;
  }
  aside?.drop();
}

async function handOn(deletion: Deletion, found: Recalled | undefined): Promise<void> {
  const { call, config, delegate, host } = deletion;
  const remembered = rememberedDelegation(host, call, found);
  if (remembered) await delegate(remembered.type, remembered.call);
  else await deleteUnremembered(host, delegate, call, config);
}

/** What is wrong with a configuration did not keep ADD from failing, and must not make DEL fail. */
function configOf(host: Host, call: Call): FlannelConfig {
  try {
    return readFlannelConfig(call);
  } catch (error) {
    if (!isCniError(error, code.invalidConfig)) throw error;
    host.log('configuration passed over', { error: error.message });
    return readToDelete(call);
  }
}

/**
 * Deletes what may be there though nothing of it is remembered. A delegate that cannot be called has made
 * nothing; by the endpoint's id and name, and the lease's owner, one of ours looks all the same.
 */
async function deleteUnremembered(
  host: Host,
  delegate: Delegate,
  call: Call,
  config: FlannelConfig,
): Promise<void> {
  const env = subnetEnvAtOnce(host, config.subnetFile);
  const plain = buildDelegation(call, { ...config, delegate: {} }, env);
  const wasCalled = async (delegation: Delegation | undefined) => {
    if (!delegation) return false;
    try {
      await delegate(delegation.type, delegation.call);
      return true;
    } catch (error) {
      if (!isCniError(error, code.delegateMissing)) throw error;
      host.log('delegate not installed', { type: delegation.type, error: error.message });
      return false;
    }
  };
  if (!(await wasCalled(delegationAsWritten(host, call, config, env)))) await wasCalled(plain);
  // The reference hands no dataDir on: its leases are in host-local's own folder.
  if (config.ipam.dataDir === undefined) return;
  await delegate('host-local', delegateCall(call, { ipam: { type: 'host-local' } }));
}

/** Undefined, and why in the log, where the configuration of the delegate is none. */
function delegationAsWritten(
  host: Host,
  call: Call,
  config: FlannelConfig,
  env: SubnetEnv | undefined,
): Delegation | undefined {
  try {
    return buildDelegation(call, config, env);
  } catch (error) {
    if (!isCniError(error, code.invalidConfig)) throw error;
    host.log('delegate passed over', { error: error.message });
    return undefined;
  }
}

function isCniError(error: unknown, expected: number): error is CniError {
  return error instanceof CniError && error.code === expected;
}
