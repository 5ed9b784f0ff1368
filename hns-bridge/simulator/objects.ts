import type { JsonObject } from '../../cni/json-object.ts';
import { refuse } from './refusal.ts';
import { findById, type HnsState } from './state.ts';

/** The network of an id; refused as HNS does when there is none. */
export function networkOf({ networks }: HnsState, id: string): JsonObject {
  return findById(networks, id) ?? refuse('networkNotFound', 'The network was not found');
}

/** The endpoint of an id; refused as HNS does when there is none. */
export function endpointOf({ endpoints }: HnsState, id: string): JsonObject {
  return findById(endpoints, id) ?? refuse('endpointNotFound', 'The endpoint was not found');
}

/** The namespace of an id; refused as HNS does when there is none: it has no code of its own. */
export function namespaceOf({ namespaces }: HnsState, id: string): JsonObject {
  return findById(namespaces, id) ?? refuse('notFound', 'Element not found: the namespace');
}
