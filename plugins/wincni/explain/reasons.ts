import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import type { EndpointDocument } from '../../../hns-bridge/documents.ts';
import { documentsField, textField } from '../../../hns-bridge/json-document.ts';
import { policyType } from '../../../hns-bridge/policy/types.ts';
import { sourcesInV1 } from '../../../hns-bridge/v1.ts';
import type { Reasons } from '../../attach/from.ts';

/** One value of a document. */
export interface Leaf {
  /** `Policies[0].Settings.Exceptions[2]` */
  readonly path: string;
  readonly value: unknown;
}

/** The values of a document, in its order; a list or an object without any is a value itself. */
export function leavesOf(value: unknown, path = ''): readonly Leaf[] {
  const below = Array.isArray(value)
    ? value.map((entry: unknown, index) => [`${path}[${index}]`, entry] as const)
    : isJsonObject(value)
      ? Object.entries(value).map(([key, entry]) => [path ? `${path}.${key}` : key, entry] as const)
      : [];
  return below.length === 0
    ? [{ path, value }]
    : below.flatMap(([at, entry]) => leavesOf(entry, at));
}

/** The reason of a value: its own, or that of the nearest part of the document that it is in. */
export function reasonOf(reasons: Reasons, path: string): string | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, partEnd(at)))) {
    if (Object.hasOwn(reasons, at)) return reasons[at];
  }
  return undefined;
}

/** Where the path of the part that a value is in ends. */
const partEnd = (path: string) => Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));

/** What HNS's own form of a document adds to what was planned. */
const ofTheForm: Reasons = {
  SchemaVersion: 'in every document of V2',
  Dns: 'nobody says DNS settings',
};

/** The reason of each value of a document that V2 is sent, by its path. */
export function reasonsInV2(document: JsonObject, planned: Reasons): Reasons {
  return ofLeaves(document, (path) => reasonOf({ ...ofTheForm, ...planned }, path));
}

/**
 * The same of an endpoint that V1 is sent.
 * @param endpoint as it was planned, in V2's form
 */
export function reasonsInV1(
  document: JsonObject,
  endpoint: EndpointDocument,
  planned: Reasons,
): Reasons {
  const sources = sourcesInV1(endpoint);
  return ofLeaves(document, (path) => {
    const [key = ''] = path.split(/[.[]/, 1);
    const source = Object.hasOwn(sources, key) ? sources[key] : undefined;
    const inV2 =
      source === undefined ? policyPathInV2(document, path) : `${source}${path.slice(key.length)}`;
    return reasonOf(planned, inV2);
  });
}

function ofLeaves(document: JsonObject, reason: (path: string) => string | undefined): Reasons {
  return Object.fromEntries(
    leavesOf(document).flatMap(({ path }) => {
      const found = reason(path);
      return found === undefined ? [] : [[path, found]];
    }),
  );
}

/** V1's policies are flat, and have names of their own: `Policies[0].ExceptionList[2]`. */
function policyPathInV2(document: JsonObject, path: string): string {
  const [, list = '', index = '', key = '', rest = ''] =
    /^(Policies\[(\d+)\])\.([^.[\]]+)(.*)$/.exec(path) ?? [];
  if (list === '' || key === 'Type') return path;
  const type = textField(documentsField(document, 'Policies')[Number(index)] ?? {}, 'Type') ?? '';
  const known = policyType(type)?.keys.find(({ name, v1 = [] }) => [name, ...v1].includes(key));
  return `${list}.Settings.${known?.name ?? key}${rest}`;
}
