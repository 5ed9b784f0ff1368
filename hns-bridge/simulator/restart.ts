import type { JsonObject } from '../../cni/json-object.ts';
import { bareId } from '../ids.ts';
import { documentField, documentsField, numberField, textField } from '../json-document.ts';
import { type HnsState, idOf } from './state.ts';

/** The flag of a network that is not persistent (hcsshim, EnableNonPersistent): flanneld's overlays. */
const notPersistent = 8;

/**
 * HNS after a restart: networks that are not persistent are gone with their endpoints, by the rule
 * `restartLoses` all other endpoints too, below running pods. Namespaces stay.
 */
export function restarted(state: HnsState): HnsState {
  const isLost = (network: JsonObject) =>
    ((numberField(network, 'Flags') ?? 0) & notPersistent) !== 0;
  const networks = state.networks.filter((network) => !isLost(network));
  const kept = new Set(networks.map(idOf));
  const endpoints =
    state.rules.restartLoses === 'endpoints'
      ? []
      : state.endpoints.filter((endpoint) =>
          kept.has(bareId(textField(endpoint, 'HostComputeNetwork') ?? '')),
        );
  const there = new Set(endpoints.map(idOf));
  const namespaces = state.namespaces.map((namespace) => ({
    ...namespace,
    Resources: documentsField(namespace, 'Resources').filter((resource) =>
      there.has(bareId(textField(documentField(resource, 'Data'), 'Id') ?? '')),
    ),
  }));
  return { ...state, networks, endpoints, namespaces };
}
