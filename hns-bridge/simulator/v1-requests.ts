import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { documentField, textField } from '../json-document.ts';
import { attachContainer, detachContainer } from './containers.ts';
import { createEndpointByV1, deleteEndpoint } from './endpoints.ts';
import { attach, createNamespace, deleteNamespace, detach } from './namespaces.ts';
import { createNetwork, deleteNetwork, lookedAt } from './networks.ts';
import { endpointOf, namespaceOf, networkOf } from './objects.ts';
import { Refusal, refusals, refuse } from './refusal.ts';
import type { HnsState } from './state.ts';
import { endpointToV1, endpointToV2, namespaceToV1, networkToV1, networkToV2 } from './v1-codec.ts';

/** What V1 does with a request: the state after it, if it changed, and what goes into `Output`. */
interface Served {
  readonly state?: HnsState;
  readonly output: unknown;
}

/**
 * V1's requests on the same state: `GET /networks`, `POST /endpoints/<id>/attach`, …. V1 chooses ids
 * itself: a new object gets one of `newId`.
 */
export function serveV1(
  state: HnsState,
  method: string,
  path: string,
  body: string,
  newId: () => string,
): Served {
  const [kind = '', id = '', action = ''] = path.split('/').filter((part) => part !== '');
  const asked = parseBody(body);
  const done = (after: HnsState): Served => ({ state: after, output: null });
  const network = (after: HnsState, networkId: string) => networkToV1(networkOf(after, networkId));
  const endpoint = (after: HnsState, endpointId: string) =>
    endpointToV1(after, endpointOf(after, endpointId));
  switch (`${method} ${[kind, id && '<id>', action].filter(Boolean).join('/')}`) {
    // globals/version
    case 'GET globals/<id>':
      return { output: state.version };
    case 'GET networks':
      return looked(state, undefined, state.networks.map(networkToV1));
    case 'GET networks/<id>':
      return looked(state, id, network(state, id));
    case 'POST networks': {
      const made = newId();
      const after = createNetwork(state, made, networkToV2(asked));
      return { state: after, output: network(after, made) };
    }
    case 'DELETE networks/<id>':
      return done(deleteNetwork(state, id));
    // Load balancers are kube-proxy's affair: there are none.
    case 'GET policylists':
      return { output: [] };
    case 'GET endpoints':
      return { output: state.endpoints.map((entry) => endpointToV1(state, entry)) };
    case 'GET endpoints/<id>':
      return { output: endpoint(state, id) };
    case 'POST endpoints': {
      const networkId = textField(asked, 'VirtualNetwork') ?? '';
      const made = newId();
      const after = createEndpointByV1(state, networkId, made, endpointToV2(asked));
      return { state: after, output: endpoint(after, made) };
    }
    case 'DELETE endpoints/<id>':
      return done(deleteEndpoint(state, id));
    case 'POST endpoints/<id>/attach':
      return done(attachContainer(state, id, containerOf(asked)));
    case 'POST endpoints/<id>/detach':
      return done(detachContainer(state, id, containerOf(asked)));
    case 'GET namespaces':
      return { output: state.namespaces.map(namespaceToV1) };
    case 'GET namespaces/<id>':
      return { output: namespaceToV1(namespaceOf(state, id)) };
    case 'POST namespaces': {
      const type = asked['IsDefault'] === true ? { Type: 'HostDefault' } : {};
      const made = newId();
      const after = createNamespace(state, made, type);
      return { state: after, output: namespaceToV1(namespaceOf(after, made)) };
    }
    case 'DELETE namespaces/<id>':
      return done(deleteNamespace(state, id));
    case 'POST namespaces/<id>/addresource':
      return done(attach(state, id, resourceId(asked)));
    case 'POST namespaces/<id>/removeresource':
      return done(detach(state, id, resourceId(asked)));
    default:
      throw new Refusal(refusals.notFound, `Element not found: ${method} ${path}`);
  }
}

function looked(state: HnsState, id: string | undefined, output: unknown): Served {
  const after = lookedAt(state, id);
  return after ? { state: after, output } : { output };
}

function parseBody(body: string): JsonObject {
  if (body === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    if (isJsonObject(value)) return value;
  } catch {
    // Not JSON: refused below, as HNS refuses what is JSON and no object.
  }
  return refuse('invalidJson', 'Invalid JSON document string');
}

function resourceId(asked: JsonObject): string {
  return textField(documentField(asked, 'Data'), 'Id') ?? '';
}

/** A container's id; for the node itself (`Host`) and virtual machines the kind of system. */
function containerOf(asked: JsonObject): string {
  const container = textField(asked, 'ContainerId') ?? textField(asked, 'SystemType');
  return container ?? refuse('badParameter', 'The parameter is incorrect: ContainerId');
}
