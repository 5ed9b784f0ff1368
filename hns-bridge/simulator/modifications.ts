import type { JsonObject } from '../../cni/json-object.ts';
import { documentField, documentsField, textField } from '../json-document.ts';
import type { HcnKind } from '../transport.ts';
import { attach, detach } from './namespaces.ts';
import { endpointOf, networkOf } from './objects.ts';
import { checkPolicies } from './policy-rules.ts';
import { refuse } from './refusal.ts';
import { findById, type HnsState, policiesOf, replaced } from './state.ts';

/**
 * HcnModify…: endpoints of a namespace, policies of a network (flanneld's RemoteSubnetRoute) and of
 * an endpoint.
 */
export function modified(state: HnsState, kind: HcnKind, id: string, asked: JsonObject): HnsState {
  const settings = documentField(asked, 'Settings');
  switch (`${kind} ${textField(asked, 'ResourceType')}`) {
    case 'Namespace Endpoint':
      return moveEndpoint(state, id, textField(asked, 'RequestType'), settings);
    case 'Network Policy': {
      const network = networkOf(state, id);
      const policies = changedPolicies(network, asked);
      return {
        ...state,
        networks: replaced(state.networks, { ...network, Policies: policies }),
      };
    }
    case 'Endpoint Policy': {
      const endpoint = endpointOf(state, id);
      const network = findById(state.networks, textField(endpoint, 'HostComputeNetwork') ?? '');
      const policies = changedPolicies(endpoint, asked);
      // The endpoint's own ports are no clash.
      const others = state.endpoints.filter((other) => other !== endpoint);
      checkPolicies({ ...state, endpoints: others }, network ?? {}, policies);
      return {
        ...state,
        endpoints: replaced(state.endpoints, { ...endpoint, Policies: policies }),
      };
    }
    default:
      return refuse('unsupported', 'The request is not supported by the simulator');
  }
}

function moveEndpoint(
  state: HnsState,
  namespaceId: string,
  request: string | undefined,
  settings: JsonObject,
): HnsState {
  const endpointId = textField(settings, 'EndpointId') ?? '';
  if (request === 'Add') return attach(state, namespaceId, endpointId);
  if (request === 'Remove') return detach(state, namespaceId, endpointId);
  return refuse('badParameter', `The parameter is incorrect: RequestType ${request}`);
}

function changedPolicies(object: JsonObject, asked: JsonObject): readonly JsonObject[] {
  const given = documentsField(documentField(asked, 'Settings'), 'Policies');
  const there = policiesOf(object);
  const texts = new Set(given.map((policy) => JSON.stringify(policy)));
  const request = textField(asked, 'RequestType');
  switch (request) {
    case 'Add':
      return [...there, ...given];
    case 'Update':
      return given;
    case 'Remove': {
      const rest = there.filter((policy) => !texts.has(JSON.stringify(policy)));
      if (rest.length === there.length) refuse('policyNotFound', 'The policy was not found');
      return rest;
    }
    default:
      return refuse('badParameter', `The parameter is incorrect: RequestType ${request}`);
  }
}
