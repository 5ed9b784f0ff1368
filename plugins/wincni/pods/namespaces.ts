import type { JsonObject } from '../../../cni/json-object.ts';
import { readId } from '../../../hns-bridge/ids.ts';
import { field } from '../../../hns-bridge/json-document.ts';

/** The node's own namespaces in V1's listing: no pod's. */
export function readHostNamespaces(documents: readonly JsonObject[]): ReadonlySet<string> {
  return new Set(
    documents
      .filter((document) => field(document, 'IsDefault') === true)
      .flatMap((document) => readId(field(document, 'ID')) ?? []),
  );
}
