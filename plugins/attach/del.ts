import type { Call } from '../../cni/plugin.ts';
import { giveAllBack } from '../../ipam/address-source.ts';
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
  const removeAll = async (): Promise<boolean> => {
    // Three calls when the endpoint is ours and in the sandbox the runtime names. V1 chooses ids
    // itself: there the name decides, as it does where ours is not there: the reference's is known so.
    if (dialect === 'v2' && (await remove(identity.id))) return true;
    let wasThere = false;
    for (const id of await ownIdsAnywhere(clients, dialect, identity)) {
      wasThere = (await remove(id)) || wasThere;
    }
    return wasThere;
  };
  const started = deps.host.clock.now();
  for (let looks = 1; looks <= mostLooks; looks++) {
    const wasThere = await removeAll();
    const taken = await giveAllBack(deps, call);
    // An ADD of the same pod that runs at the same time may have made an endpoint since the look. Its lease
    // tells: it had one and no endpoint yet, or took it after this DEL began.
    const isRaced = taken.some((time) => !wasThere || time > started - coarseness);
    if (!isRaced) return;
  }
}

/** How often endpoints are looked for: more only where ADDs of the same pod go on and on. */
const mostLooks = 5;

/** By how much the time of a file may be behind the clock, in milliseconds. */
const coarseness = 100;
