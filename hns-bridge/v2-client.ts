import type { JsonObject } from '../cni/json-object.ts';
import type { Calls } from './calls.ts';
import type { HnsClients } from './client.ts';
import {
  type EndpointDocument,
  readEndpoint,
  readNetwork,
  schemaVersion,
  wholeQuery,
} from './documents.ts';
import { bareId } from './ids.ts';
import { identified, unlessMissing, wasAttached, wasThere } from './outcome.ts';
import { policyDocument } from './policy/policy.ts';
import { hnsListings } from './v1-client.ts';

/** HNS in the dialect of its second API: compute networks, endpoints and namespaces. */
export function hnsV2(calls: Calls): HnsClients['v2'] {
  const modifyNamespace = (request: 'Add' | 'Remove', id: string, endpointId: string) =>
    calls.modify({
      kind: 'Namespace',
      id,
      settings: JSON.stringify({
        ResourceType: 'Endpoint',
        RequestType: request,
        Settings: { EndpointId: endpointId },
      }),
    });
  return {
    ...hnsListings(calls),
    endpointIdsNamed(name) {
      // The filter is a text within the query: JSON in JSON.
      const query = JSON.stringify({ ...schemaVersion, Filter: JSON.stringify({ Name: name }) });
      return calls.enumerate({
        operation: `list endpoints named ${name}`,
        kind: 'Endpoint',
        query,
      });
    },
    async endpoint(id) {
      const operation = `read endpoint ${id}`;
      const document = await unlessMissing(
        calls.query({ operation, kind: 'Endpoint', id, query: wholeQuery }),
      );
      return document && identified(readEndpoint(document), operation, id);
    },
    async hasNamespace(id) {
      const operation = 'list namespaces';
      const query = JSON.stringify(schemaVersion);
      const ids = await calls.enumerate({ operation, kind: 'Namespace', query });
      return ids.includes(bareId(id));
    },
    async createEndpoint(wanted) {
      const { ID: id, HostComputeNetwork: network } = wanted;
      const operation = `create endpoint ${id}`;
      const settings = JSON.stringify(endpointSettings(wanted));
      const answer = await calls.create({ operation, kind: 'Endpoint', id, settings, network });
      return identified(readEndpoint(answer), operation, id);
    },
    deleteEndpoint: (id) => wasThere(calls.delete({ kind: 'Endpoint', id })),
    attach: (namespace, endpointId) => modifyNamespace('Add', namespace, endpointId),
    detach: (namespace, endpointId) =>
      wasAttached(modifyNamespace('Remove', namespace, endpointId)),
    async createNetwork({ ID: id, ...wanted }) {
      const operation = `create network ${wanted.Name}`;
      const settings = JSON.stringify(withoutEmpty({ ...wanted, ...schemaVersion }));
      const answer = await calls.create({ operation, kind: 'Network', id, settings });
      return identified(readNetwork(answer), operation);
    },
  };
}

/**
 * The document of an endpoint that is asked for: empty lists are left out, as hcsshim does. The id
 * goes beside it, and HostComputeNamespace cannot be asked for.
 */
function endpointSettings({ ID: _, Policies = [], ...wanted }: EndpointDocument): JsonObject {
  return withoutEmpty({
    ...wanted,
    Policies: Policies.map((policy) => policyDocument(policy, 'v2')),
    Dns: withoutEmpty(wanted.Dns ?? {}),
    ...schemaVersion,
  });
}

function withoutEmpty(document: object): JsonObject {
  const filled = Object.entries(document).filter(
    ([, value]) => !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(filled);
}
