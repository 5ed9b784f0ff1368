import type { Call } from '../../cni/plugin.ts';
import { askIpam } from '../../ipam/address-source.ts';
import { readGoneAttachment } from './attachment.ts';
import { hnsWayOf } from './config.ts';
import type { AttachDeps } from './deps.ts';
import { deleteEndpoint, heldBy, ownIdsAnywhere } from './endpoint.ts';

/**
 * DEL: the endpoint out of its namespace, the endpoint deleted, and only then its address given
 * back: the other order hands a live address to the next pod (microsoft/Windows-Containers#631).
 * What is missing is success; what fails is an error, and the address then stays leased.
 */
export async function del(deps: AttachDeps, call: Call): Promise<void> {
  const { identity, sandbox } = readGoneAttachment(call);
  const clients = await deps.openHns(hnsWayOf(call));
  const dialect = sandbox?.dialect ?? 'v2';
  const hns = clients[dialect];
  if (sandbox?.shared) {
    // A workload container lets go of its sandbox's endpoint, which stays.
    for (const id of await hns.endpointIdsNamed(identity.name))
      await hns.detach(sandbox.target, id);
    return;
  }
  const remove = (id: string) =>
    deleteEndpoint(clients, dialect, heldBy(sandbox, id), deps.host.log);
  // Three calls when the endpoint is ours and in the sandbox the runtime names. V1 chooses ids
  // itself: there the name decides, as it does where ours is not there: the reference's is known so.
  const deleted = dialect === 'v2' && (await remove(identity.id));
  if (!deleted) {
    for (const id of await ownIdsAnywhere(clients, dialect, identity)) await remove(id);
  }
  await askIpam(deps.delegate, call);
}
