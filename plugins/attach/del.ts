import { isHnsError } from '../../hns-bridge/error.ts';
import type { Hns } from '../../hns-bridge/hns.ts';
import { addressSource } from '../../ipam/index.ts';
import { sandboxId } from '../cni/identifiers.ts';
import type { Call } from '../cni/plugin.ts';
import type { AttachDeps } from './deps.ts';
import { type Identity, identify, ownIds, removeEndpoint } from './own-endpoint.ts';
import { readSandbox, type Sandbox } from './sandbox.ts';

/**
 * DEL: the endpoint out of its namespace, the endpoint deleted, and only then its address given
 * back: the other order hands a live address to the next pod (microsoft/Windows-Containers#631).
 * What is missing is success; what fails is told, and the address then stays leased.
 */
export async function del(deps: AttachDeps, call: Call): Promise<void> {
  const sandbox = readSandbox(call);
  const source = addressSource(deps.host, deps.delegate, call);
  const hns = (await deps.openHns())[sandbox?.dialect ?? 'v2'];
  const identity = await identify(call, sandbox?.id ?? sandboxId(call));
  if (sandbox?.shared) {
    await detachShared(hns, identity, sandbox);
    return;
  }
  await deleteOwn(hns, identity, sandbox);
  await source.release();
}

/** Three calls when the endpoint is ours and in the sandbox the runtime names. */
async function deleteOwn(
  hns: Hns,
  identity: Identity,
  sandbox: Sandbox | undefined,
): Promise<void> {
  if (sandbox?.dialect === 'v1') {
    // V1 chooses ids itself: there the name decides.
    for (const id of await ownIds(hns, identity)) {
      await hns.detach(sandbox.target, id);
      await deleteDetached(hns, id);
    }
    return;
  }
  if (sandbox) await hns.detach(sandbox.target, identity.id);
  if (await deleteDetached(hns, identity.id)) return;
  // Not ours, or not there at all: what the reference made is known by its name.
  for (const id of await ownIds(hns, identity)) {
    const endpoint = await hns.endpoint(id);
    if (endpoint) await removeEndpoint(hns, endpoint);
  }
}

/** Deletes an endpoint; one that turns out to be in some namespace is taken out of it first. */
async function deleteDetached(hns: Hns, id: string): Promise<boolean> {
  try {
    return await hns.deleteEndpoint(id);
  } catch (error) {
    if (!isHnsError(error, 'attached')) throw error;
    const endpoint = await hns.endpoint(id);
    return endpoint ? removeEndpoint(hns, endpoint) : true;
  }
}

/** A workload container lets go of its sandbox's endpoint, which stays. */
async function detachShared(hns: Hns, identity: Identity, sandbox: Sandbox): Promise<void> {
  for (const id of await hns.endpointIdsNamed(identity.name)) await hns.detach(sandbox.target, id);
}
