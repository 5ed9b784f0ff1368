import { textsField } from '../json-document.ts';
import { endpointOf } from './objects.ts';
import { refuse } from './refusal.ts';
import { type HnsState, replaced } from './state.ts';

/** HNS puts an endpoint into a container. Those that share one are kept with it, as V1 answers them. */
export function attachContainer(state: HnsState, id: string, container: string): HnsState {
  const endpoint = endpointOf(state, id);
  const there = textsField(endpoint, 'SharedContainers');
  if (there.includes(container)) refuse('alreadyAttached', 'The endpoint is already attached');
  const shared = { ...endpoint, SharedContainers: [...there, container] };
  return { ...state, endpoints: replaced(state.endpoints, shared) };
}

/** HNS takes an endpoint out of a container. */
export function detachContainer(state: HnsState, id: string, container: string): HnsState {
  const endpoint = endpointOf(state, id);
  const there = textsField(endpoint, 'SharedContainers');
  if (!there.includes(container)) refuse('notFound', 'Element not found.');
  const rest = { ...endpoint, SharedContainers: there.filter((other) => other !== container) };
  return { ...state, endpoints: replaced(state.endpoints, rest) };
}
