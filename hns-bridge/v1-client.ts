import { isJsonObject, type JsonObject } from '../cni/json-object.ts';
import { type Calls, garbled, type V1Call } from './calls.ts';
import type { Hns } from './client.ts';
import type { HnsVersion, Identified } from './documents.ts';
import { isHnsError } from './error.ts';
import { numberField } from './json-document.ts';
import { identified, unlessMissing, wasAttached, wasThere } from './outcome.ts';
import { decodeEndpoint, decodeEntry, decodeNetwork, encodeEndpoint } from './v1.ts';

/**
 * HNS in the dialect of its first API: what Docker's containers are attached with. It chooses ids
 * itself: an endpoint is known by its name.
 */
export function hnsV1(calls: Calls): Hns {
  const listings = hnsListings(calls);
  const ask = async (call: V1Call): Promise<JsonObject> => {
    const output = await calls.v1(call);
    return isJsonObject(output) ? output : {};
  };
  // Through HCS, which asks HNS for it: as hcsshim does, and with it Docker and the reference plugins.
  const modifyNetwork = (request: 'Add' | 'Remove', container: string, endpointId: string) =>
    calls.modifySystem({
      id: container,
      request: JSON.stringify({
        ResourceType: 'Network',
        RequestType: request,
        Settings: endpointId,
      }),
    });
  /** Of a container that HCS does not know any more, HNS itself may still know. */
  const detachment = (container: string, id: string): V1Call => ({
    operation: `detach endpoint ${id} from container ${container}`,
    method: 'POST',
    path: `/endpoints/${id}/detach`,
    body: JSON.stringify({ ContainerId: container, SystemType: 'Container' }),
  });
  return {
    ...listings,
    async endpointIdsNamed(name) {
      const wanted = name.toLowerCase();
      const found = (await listings.endpoints()).filter(
        (entry) => entry.Name?.toLowerCase() === wanted,
      );
      return found.map(({ ID }) => ID);
    },
    async endpoint(id) {
      const operation = `read endpoint ${id}`;
      const path = `/endpoints/${id}`;
      const document = await unlessMissing(ask({ operation, method: 'GET', path }));
      return document && identified(decodeEndpoint(document), operation, id);
    },
    async createEndpoint(wanted) {
      const operation = `create endpoint ${wanted.Name}`;
      const body = JSON.stringify(encodeEndpoint(wanted));
      const answer = await ask({ operation, method: 'POST', path: '/endpoints', body });
      return identified(decodeEndpoint(answer), operation);
    },
    deleteEndpoint: (id) =>
      wasThere(
        ask({ operation: `delete endpoint ${id}`, method: 'DELETE', path: `/endpoints/${id}` }),
      ),
    attach: (container, endpointId) => modifyNetwork('Add', container, endpointId),
    async detach(container, endpointId) {
      try {
        await modifyNetwork('Remove', container, endpointId);
        return true;
      } catch (error) {
        if (isHnsError(error, 'not-found', 'part-missing')) return false;
        if (!isHnsError(error, 'system-missing')) throw error;
        return wasAttached(ask(detachment(container, endpointId)));
      }
    },
  };
}

/** What both dialects read through V1: see client.ts for why. */
export function hnsListings(calls: Calls): Pick<Hns, 'version' | 'networks' | 'endpoints'> {
  // Without objects there may be no Output; what else is no list of objects must not count as an empty one.
  const list = async <Document extends { readonly ID?: string }>(
    operation: string,
    path: string,
    decode: (entry: JsonObject) => Document,
  ): Promise<readonly Identified<Document>[]> => {
    const output = (await calls.v1({ operation, method: 'GET', path })) ?? [];
    const entries: readonly unknown[] = Array.isArray(output) ? output : [output];
    const found = entries.filter(isJsonObject).map(decode).filter(hasId);
    if (found.length > 0 || entries.length === 0) return found;
    throw garbled('no list of objects', JSON.stringify(output), operation);
  };
  return {
    async version(): Promise<HnsVersion> {
      const operation = 'tell its version';
      const answer = await calls.v1({ operation, method: 'GET', path: '/globals/version' });
      const document = isJsonObject(answer) ? answer : {};
      const major = numberField(document, 'Major');
      const minor = numberField(document, 'Minor');
      if (major === undefined || minor === undefined) throw garbled('no version', '', operation);
      return { major, minor };
    },
    networks: () => list('list networks', '/networks/', decodeNetwork),
    endpoints: () => list('list endpoints', '/endpoints/', decodeEntry),
  };
}

function hasId<Document extends { readonly ID?: string }>(
  document: Document,
): document is Identified<Document> {
  return document.ID !== undefined;
}
