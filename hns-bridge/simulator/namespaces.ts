import type { JsonObject } from '../../cni/json-object.ts';
import { bareId } from '../ids.ts';
import { documentField, documentsField, numberField, textField } from '../json-document.ts';
import { endpointOf, namespaceOf } from './objects.ts';
import { refuse } from './refusal.ts';
import {
  findById,
  type HnsState,
  idOf,
  isGuid,
  replaced,
  schemaVersion,
  without,
} from './state.ts';

/** HNS makes a namespace, as containerd asks it to for a pod. */
export function createNamespace(state: HnsState, id: string, asked: JsonObject): HnsState {
  if (!isGuid(id)) return refuse('badParameter', `The parameter is incorrect: ${id}`);
  if (findById(state.namespaces, id)) return refuse('objectExists', 'The object already exists');
  const namespace: JsonObject = {
    ID: id.toUpperCase(),
    NamespaceId: freeCompartment(state),
    Type: textField(asked, 'Type') ?? 'Host',
    Resources: [],
    ...schemaVersion,
  };
  return { ...state, namespaces: [...state.namespaces, namespace] };
}

/** HNS deletes a namespace that is empty. */
export function deleteNamespace(state: HnsState, id: string): HnsState {
  const namespace = namespaceOf(state, id);
  if (documentsField(namespace, 'Resources').length > 0) {
    return refuse('hasReferences', 'The namespace has endpoints');
  }
  return { ...state, namespaces: without(state.namespaces, id) };
}

/** Compartment 1 is the node's own. */
function freeCompartment({ namespaces }: HnsState): number {
  return Math.max(1, ...namespaces.map((entry) => numberField(entry, 'NamespaceId') ?? 0)) + 1;
}

/**
 * HNS puts an endpoint into a namespace; an endpoint can be in one only. This refuses with
 * ENDPOINT_ALREADY_ATTACHED when it is in that namespace already, and with
 * ENDPOINT_NAMESPACE_ALREADY_EXISTS when it is in another. When a real HNS answers which of the two is
 * not known (HNS.md, "Codes"), so a caller that gets either must look where the endpoint is.
 */
export function attach(state: HnsState, namespaceId: string, endpointId: string): HnsState {
  const namespace = namespaceOf(state, namespaceId);
  const endpoint = endpointOf(state, endpointId);
  const where = textField(endpoint, 'HostComputeNamespace');
  if (where !== undefined) {
    return bareId(where) === idOf(namespace)
      ? refuse('alreadyAttached', 'The endpoint is already attached')
      : refuse('attachedElsewhere', 'The endpoint is attached to another namespace');
  }
  const resource = { Type: 'Endpoint', Data: { Id: idOf(endpoint).toUpperCase() } };
  return {
    ...state,
    endpoints: replaced(state.endpoints, {
      ...endpoint,
      HostComputeNamespace: idOf(namespace).toUpperCase(),
    }),
    namespaces: replaced(state.namespaces, {
      ...namespace,
      Resources: [...documentsField(namespace, 'Resources'), resource],
    }),
  };
}

/** HNS takes an endpoint out of a namespace. */
export function detach(state: HnsState, namespaceId: string, endpointId: string): HnsState {
  const namespace = namespaceOf(state, namespaceId);
  const endpoint = findById(state.endpoints, endpointId);
  const where = endpoint && textField(endpoint, 'HostComputeNamespace');
  if (!endpoint || where === undefined || bareId(where) !== idOf(namespace)) {
    return refuse('notFound', 'Element not found: the endpoint is not in the namespace');
  }
  const { HostComputeNamespace: _, ...rest } = endpoint;
  return {
    ...state,
    endpoints: replaced(state.endpoints, rest),
    namespaces: replaced(state.namespaces, {
      ...namespace,
      Resources: documentsField(namespace, 'Resources').filter((resource) => {
        const id = textField(documentField(resource, 'Data'), 'Id') ?? '';
        return bareId(id) !== idOf(endpoint);
      }),
    }),
  };
}
