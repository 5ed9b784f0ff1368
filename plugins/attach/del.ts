import { toCniError } from '../../cni/error.ts';
import { sandboxId } from '../../cni/identifiers.ts';
import type { Call } from '../../cni/plugin.ts';
import type { Hns } from '../../hns-bridge/hns.ts';
import { openAddressSource } from '../../ipam/address-source.ts';
import type { AttachDeps } from './deps.ts';
import { deleteAnyhow, type Identity, identify, ownIds } from './own-endpoint.ts';
import { readSandbox, type Sandbox } from './sandbox.ts';

/**
 * DEL: the endpoint out of its namespace, the endpoint deleted, and only then its address given
 * back: the other order hands a live address to the next pod (microsoft/Windows-Containers#631).
 * What is missing is success; what fails is told, and the address then stays leased.
 */
export async function del(deps: AttachDeps, call: Call): Promise<void> {
  const sandbox = readSandbox(call);
  const source = openAddressSource(deps, call);
  const { v1, v2 } = await deps.openHns();
  const identity = await identify(call, sandbox?.id ?? sandboxId(call));
  if (sandbox?.shared) {
    await detachShared(v1, identity, sandbox);
    return;
  }
  const deleting = { hns: sandbox?.dialect === 'v1' ? v1 : v2, v1, v2, deps };
  await deleteOwn(deleting, identity, sandbox);
  await source.release();
}

interface Deleting {
  /** Of the dialect of the sandbox. */
  readonly hns: Hns;
  readonly v1: Hns;
  readonly v2: Hns;
  readonly deps: AttachDeps;
}

/** Three calls when the endpoint is ours and in the sandbox the runtime names. */
async function deleteOwn(
  deleting: Deleting,
  identity: Identity,
  sandbox: Sandbox | undefined,
): Promise<void> {
  // V1 chooses ids itself: there the name decides.
  if (sandbox?.dialect !== 'v1' && (await deleteEndpoint(deleting, identity.id, sandbox))) return;
  // Not ours, or not there at all: what the reference made is known by its name.
  for (const id of await ownIds(deleting.hns, identity)) {
    await deleteEndpoint(deleting, id, sandbox);
  }
}

/**
 * Takes an endpoint out of the sandbox and deletes it: false when it was not there. An endpoint
 * that is deleted is in no sandbox: then it does not matter that taking it out failed.
 */
async function deleteEndpoint(
  deleting: Deleting,
  id: string,
  sandbox: Sandbox | undefined,
): Promise<boolean> {
  const { deps, hns } = deleting;
  try {
    if (sandbox) await hns.detach(sandbox.target, id);
  } catch (error) {
    deps.host.log('detaching failed', { id, error: toCniError(error).message });
  }
  return deleteAnyhow(deleting, hns, id);
}

/** A workload container lets go of its sandbox's endpoint, which stays. */
async function detachShared(hns: Hns, identity: Identity, sandbox: Sandbox): Promise<void> {
  for (const id of await hns.endpointIdsNamed(identity.name)) await hns.detach(sandbox.target, id);
}
