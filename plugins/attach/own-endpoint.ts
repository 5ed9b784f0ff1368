import type { Call } from '../../cni/plugin.ts';
import { isHnsError } from '../../hns-bridge/error.ts';
import type { Hns } from '../../hns-bridge/hns.ts';
import type { Endpoint } from '../../hns-bridge/model.ts';
import type { Log } from '../../system/host.ts';
import { endpointId, endpointName, isOurScheme } from './identity.ts';
import type { Sandbox } from './sandbox.ts';

/** How a pod's endpoint is known. */
export interface Identity {
  readonly id: string;
  readonly name: string;
}

/** The id and the name of the endpoint a call is about. */
export async function identify(call: Call, sandboxId: string): Promise<Identity> {
  return {
    id: await endpointId(call.network, sandboxId, call.ifName),
    name: endpointName(sandboxId, call.network),
  };
}

/**
 * The ids that may be the pod's endpoint, ours first: of those with its name, the one of our id,
 * then what the reference made, whose ids are not of our scheme. (Another interface of the same pod
 * has the same name, and another id of our scheme.) One call.
 */
export async function ownIds(hns: Hns, identity: Identity): Promise<readonly string[]> {
  const named = await hns.endpointIdsNamed(identity.name);
  const ours = named.filter((id) => id.toLowerCase() === identity.id);
  return [...ours, ...named.filter((id) => !isOurScheme(id))];
}

/** The pod's endpoint as it stands, or undefined. One call when there is none. */
export async function findOwn(hns: Hns, identity: Identity): Promise<Endpoint | undefined> {
  for (const id of await ownIds(hns, identity)) {
    const endpoint = await hns.endpoint(id);
    if (endpoint) return endpoint;
  }
  return undefined;
}

/** Takes an endpoint out of the namespace or the containers it is in, and deletes it. */
export async function removeEndpoint(
  hns: Hns,
  endpoint: Pick<Endpoint, 'id' | 'namespaceId' | 'containers'>,
): Promise<boolean> {
  if (endpoint.namespaceId !== undefined) await hns.detach(endpoint.namespaceId, endpoint.id);
  for (const container of endpoint.containers ?? []) await hns.detach(container, endpoint.id);
  return hns.deleteEndpoint(endpoint.id);
}

/**
 * Deletes an endpoint, taken out of whatever holds it first if something does: V1 shows both a
 * namespace and Docker's containers. False when it was not there.
 */
export async function deleteAnyhow(
  { v1, v2 }: { readonly v1: Hns; readonly v2: Hns },
  hns: Hns,
  id: string,
): Promise<boolean> {
  try {
    return await hns.deleteEndpoint(id);
  } catch (error) {
    if (!isHnsError(error, 'attached')) throw error;
    const endpoint = await v1.endpoint(id);
    if (endpoint?.namespaceId !== undefined) await v2.detach(endpoint.namespaceId, id);
    for (const container of endpoint?.containers ?? []) await v1.detach(container, id);
    return hns.deleteEndpoint(id);
  }
}

/** Whether an endpoint is attached where it should be: in a namespace, or, of Docker, a container. */
export function isAttached(endpoint: Endpoint, { dialect, target }: Sandbox): boolean {
  if (dialect === 'v2') return endpoint.namespaceId === target;
  const wanted = target.toLowerCase();
  return (endpoint.containers ?? []).some((container) => container.toLowerCase() === wanted);
}

/**
 * Undoes effects in reverse order. What fails is logged, for the failure before it is the answer,
 * and ends it: what was done earlier is still in use then, an endpoint's lease above all. DEL, which
 * the runtime sends after a failed ADD, goes on from there.
 */
export function undoStack(log: Log) {
  const steps: { readonly what: string; readonly undo: () => Promise<unknown> }[] = [];
  return {
    push(what: string, undo: () => Promise<unknown>): void {
      steps.push({ what, undo });
    },
    async run(): Promise<void> {
      for (const { what, undo } of steps.reverse()) {
        try {
          await undo();
          log('undone', { what });
        } catch (error) {
          log('undo failed', { what, error: error instanceof Error ? error.message : error });
          return;
        }
      }
    },
  };
}
