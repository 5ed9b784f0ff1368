import type { Hns, HnsClients } from '../../hns-bridge/client.ts';
import type { Endpoint } from '../../hns-bridge/documents.ts';
import { isHnsError } from '../../hns-bridge/error.ts';
import type { Log } from '../../system/host.ts';
import { type Identity, isOurScheme } from './identity.ts';
import type { Sandbox } from './sandbox.ts';

/** What is known of an endpoint that is to be deleted: its id, and what holds it. */
type Held = Pick<Endpoint, 'ID' | 'HostComputeNamespace' | 'SharedContainers'>;

/** An endpoint that is known to be in a sandbox, if it is in any. */
export function heldBy(sandbox: Sandbox | undefined, ID: string): Held {
  if (!sandbox) return { ID };
  return sandbox.dialect === 'v2'
    ? { ID, HostComputeNamespace: sandbox.target }
    : { ID, SharedContainers: [sandbox.target] };
}

/**
 * The ids that may be the pod's endpoint, ours first: of those with its name, the one of our id,
 * then what the reference made, whose ids are not of our scheme. (Another interface of the same pod
 * has the same name, and another id of our scheme.) One call.
 */
export async function ownIds(hns: Hns, identity: Identity): Promise<readonly string[]> {
  const named = await hns.endpointIdsNamed(identity.name);
  const ours = named.filter((id) => id === identity.id);
  return [...ours, ...named.filter((id) => !isOurScheme(id))];
}

/**
 * The same where something says that the pod has an endpoint, and V2's list none: one that V1 made may
 * be missing there, and is in V1's (HNS.md, "Seen on real nodes"). A call more when there is none.
 */
export async function ownIdsAnywhere(
  clients: HnsClients,
  dialect: Sandbox['dialect'],
  identity: Identity,
): Promise<readonly string[]> {
  const listed = await ownIds(clients[dialect], identity);
  return listed.length > 0 || dialect === 'v1' ? listed : ownIds(clients.v1, identity);
}

/** The pod's endpoint as it stands, or undefined. One call when there is none. */
export async function findOwn(hns: Hns, identity: Identity): Promise<Endpoint | undefined> {
  return firstOf(hns, await ownIds(hns, identity));
}

/** The first of these endpoints that is there. */
export async function firstOf(hns: Hns, ids: readonly string[]): Promise<Endpoint | undefined> {
  for (const id of ids) {
    const endpoint = await hns.endpoint(id);
    if (endpoint) return endpoint;
  }
  return undefined;
}

/** Whether an endpoint is attached where it should be: in a namespace, or, of Docker, a container. */
export function isAttached(endpoint: Endpoint, { dialect, target }: Sandbox): boolean {
  if (dialect === 'v2') return endpoint.HostComputeNamespace === target;
  const wanted = target.toLowerCase();
  return (endpoint.SharedContainers ?? []).some((container) => container.toLowerCase() === wanted);
}

/**
 * Deletes an endpoint, the one way there is: takes it out of what is known to hold it, deletes it,
 * and, should HNS say that it is held all the same, asks V1 by what: it shows both a namespace and
 * Docker's containers. An endpoint that is deleted is in no sandbox: that taking it out failed before
 * does not matter then, and is logged. False when it was not there.
 */
export async function deleteEndpoint(
  clients: HnsClients,
  dialect: Sandbox['dialect'],
  endpoint: Held,
  log: Log,
): Promise<boolean> {
  const hns = clients[dialect];
  try {
    await takeOut(clients, endpoint);
  } catch (error) {
    log('detaching failed', { id: endpoint.ID, error: String(error) });
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await hns.deleteEndpoint(endpoint.ID);
    } catch (error) {
      // An ADD that runs at the same time may attach it again: it does so once.
      if (attempt === mostAttempts || !isHnsError(error, 'attached')) throw error;
      const shown = await clients.v1.endpoint(endpoint.ID);
      if (shown) await takeOut(clients, shown);
    }
  }
}

/** How often an endpoint that is held is taken out and deleted. */
const mostAttempts = 4;

async function takeOut(
  { v1, v2 }: HnsClients,
  { HostComputeNamespace, ID, SharedContainers = [] }: Held,
): Promise<void> {
  if (HostComputeNamespace !== undefined) await v2.detach(HostComputeNamespace, ID);
  for (const container of SharedContainers) await v1.detach(container, ID);
}
