import { CniError, toCniError } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import { type Attachment, validAttachments } from '../../cni/valid-attachments.ts';
import type { ListedEndpoint } from '../../hns-bridge/client.ts';
import { askIpam } from '../../ipam/address-source.ts';
import { hnsWayOf } from './config.ts';
import type { AttachDeps } from './deps.ts';
import { deleteEndpoint } from './endpoint.ts';
import { containerOfEndpoint } from './endpoint-names.ts';
import { endpointId, endpointName, isOurScheme } from './identity.ts';
import { sweepAnswers } from './last-answer.ts';
import { findNetwork } from './network.ts';

/**
 * GC: the endpoints of this network that bear our mark and belong to no valid attachment go, then
 * their leases. One failure does not stop the others: all are in the error at the end (SPEC.md, GC).
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
  for (let looks = 1; failures.length === 0; looks++) {
    let collected = 0;
    // Without the list, nobody knows what is stale.
    if (valid) {
      await attempt(async () => {
        collected = await collectEndpoints(deps, call, valid, attempt);
      });
    }
    // An ADD that the list does not know may have made an endpoint after the look, and its lease is gone:
    // it is looked again until nothing is found.
    if (looks > 1 && (collected === 0 || looks > mostLooks)) break;
    // A lease whose endpoint could not be deleted is a live address: it stays.
    if (failures.length === 0) await attempt(() => askIpam(deps.delegate, call));
    if (!valid) break;
  }
  sweepAnswers(deps.host);
  throwAll(failures);
}

/** How often endpoints are looked for: more only where ADDs that the list does not know go on and on. */
const mostLooks = 5;

/** Gives how many endpoints were stale. */
async function collectEndpoints(
  deps: AttachDeps,
  call: Call,
  valid: readonly Attachment[],
  attempt: (step: () => Promise<unknown>) => Promise<void>,
): Promise<number> {
  const clients = await deps.openHns(hnsWayOf(call), 'listings');
  const network = await findNetwork(clients.v2, call.network);
  if (!network) return 0;
  const endpoints = await clients.v2.endpoints();
  const here = endpoints.filter(({ HostComputeNetwork }) => HostComputeNetwork === network.id);
  const stale = staleEndpoints(here, call.network, valid);
  for (const endpoint of stale) {
    await attempt(async () => {
      await deleteEndpoint(clients, 'v2', endpoint, deps.host.log);
      deps.host.log('endpoint collected', { id: endpoint.ID, name: endpoint.Name });
    });
  }
  return stale.length;
}

function throwAll(failures: readonly CniError[]): void {
  const [first] = failures;
  if (!first) return;
  const details = failures.map((failure) => `${failure.message}: ${failure.details}`).join('\n');
  throw failures.length === 1 ? first : new CniError(first.code, first.message, details);
}

/** Which of a network's endpoints bear our mark and belong to no valid attachment. */
function staleEndpoints(
  endpoints: readonly ListedEndpoint[],
  network: string,
  valid: readonly Attachment[],
): ListedEndpoint[] {
  const ids = new Set(
    valid.map(({ containerId, ifName }) => endpointId(network, containerId, ifName)),
  );
  const names = new Set(valid.map(({ containerId }) => endpointName(containerId, network)));
  return endpoints.filter(({ ID, Name = '' }) => {
    if (containerOfEndpoint(Name, network) === undefined) return false;
    return isOurScheme(ID) ? !ids.has(ID) : !names.has(Name);
  });
}
