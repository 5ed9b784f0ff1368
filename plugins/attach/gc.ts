import { CniError, toCniError } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import { type Attachment, validAttachments } from '../../cni/valid-attachments.ts';
import type { EndpointEntry } from '../../hns-bridge/model.ts';
import { openAddressSource } from '../../ipam/address-source.ts';
import type { AttachDeps } from './deps.ts';
import { endpointId, endpointName, isOurScheme } from './identity.ts';
import { findNetwork } from './network.ts';
import { deleteAnyhow } from './own-endpoint.ts';

/**
 * GC: the endpoints of this network that bear our mark and belong to no valid attachment go, then
 * their leases. One failure does not stop the others: all are told at the end (SPEC.md, GC).
 */
export async function gc(deps: AttachDeps, call: Call): Promise<void> {
  const valid = validAttachments(call);
  const failures: CniError[] = [];
  const attempt = async (step: () => Promise<unknown>) => {
    try {
      await step();
    } catch (error) {
      failures.push(toCniError(error));
    }
  };
  // Without the list, nobody knows what is stale.
  if (valid) await attempt(() => collectEndpoints(deps, call.network, valid, attempt));
  // A lease whose endpoint could not be deleted is a live address: it stays.
  if (failures.length === 0) {
    await attempt(() => openAddressSource(deps, call).gc());
  }
  throwAll(failures);
}

async function collectEndpoints(
  deps: AttachDeps,
  name: string,
  valid: readonly Attachment[],
  attempt: (step: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const { v1, v2 } = await deps.openHns();
  const network = await findNetwork(v2, name);
  if (!network) return;
  const endpoints = await v2.endpoints();
  const here = endpoints.filter(({ networkId }) => networkId === network.id);
  for (const endpoint of await staleEndpoints(here, name, valid)) {
    await attempt(async () => {
      if (endpoint.namespaceId !== undefined) await v2.detach(endpoint.namespaceId, endpoint.id);
      await deleteAnyhow({ v1, v2 }, v2, endpoint.id);
      deps.host.log('endpoint collected', { id: endpoint.id, name: endpoint.name });
    });
  }
}

function throwAll(failures: readonly CniError[]): void {
  const [first] = failures;
  if (!first) return;
  const details = failures.map((failure) => `${failure.message}: ${failure.details}`).join('\n');
  throw failures.length === 1 ? first : new CniError(first.code, first.message, details);
}

/** The host's own endpoint on a bridge, and kube-proxy's source address on an overlay. */
const hostEndpoints = /^(?:cbr0_ep|sourcevip|dummy)(?:_.*)?$/i;

/** Which of a network's endpoints bear our mark and belong to no valid attachment. */
async function staleEndpoints(
  endpoints: readonly EndpointEntry[],
  network: string,
  valid: readonly Attachment[],
): Promise<EndpointEntry[]> {
  const ids = await Promise.all(
    valid.map(({ containerId, ifName }) => endpointId(network, containerId, ifName)),
  );
  const names = new Set(valid.map(({ containerId }) => endpointName(containerId, network)));
  return endpoints.filter((endpoint) => {
    if (hostEndpoints.test(endpoint.name)) return false;
    const suffix = `_${network}`;
    const container = endpoint.name.slice(0, -suffix.length);
    const pattern = endpoint.name.endsWith(suffix) && /^[a-z0-9][\w.-]*$/i.test(container);
    if (!pattern) return false;
    if (isOurScheme(endpoint.id)) return !ids.includes(endpoint.id.toLowerCase());
    return !names.has(endpoint.name);
  });
}
