import type { JsonObject } from '../../cni/json-object.ts';
import { textField } from '../json-document.ts';
import { attachContainer, detachContainer } from './containers.ts';
import { refuse } from './refusal.ts';
import type { HnsState } from './state.ts';

/**
 * Compute systems, of Docker's containers: what of HCS hcsshim and we attach endpoints by. Which there
 * are is `systems` in hns.json, as HCS describes them.
 */

/** The compute system of an id; refused as HCS does when there is none. */
export function systemOf({ systems }: HnsState, id: string): JsonObject {
  // Container ids are of lower-case letters and digits; HCS compares them as they are.
  const found = systems.find((system) => textField(system, 'Id') === id);
  return (
    found ??
    refuse('systemNotFound', `A Compute System with the specified identifier does not exist: ${id}`)
  );
}

/** HcsGetComputeSystemProperties. */
export function systemProperties(state: HnsState, id: string): JsonObject {
  return {
    State: 'Running',
    SystemType: 'Container',
    RuntimeOsType: 'Windows',
    ...systemOf(state, id),
  };
}

/** HcsModifyComputeSystem: `{"ResourceType":"Network","RequestType":"Add","Settings":"<endpoint id>"}`. */
export function modifiedSystem(state: HnsState, id: string, asked: JsonObject): HnsState {
  systemOf(state, id);
  const endpoint = textField(asked, 'Settings') ?? '';
  switch (`${textField(asked, 'ResourceType')} ${textField(asked, 'RequestType')}`) {
    case 'Network Add':
      return attachContainer(state, endpoint, id);
    case 'Network Remove':
      return detachContainer(state, endpoint, id);
    default:
      return refuse('unsupported', 'The request is not supported by the simulator');
  }
}
