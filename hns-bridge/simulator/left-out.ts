import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';

/**
 * The values that count as nothing in V2's documents: flags of none, and the first of an enum's words.
 * HNS leaves them out of what it answers: of a network's `Type` that was seen on nodes, of the others it
 * follows from the schema (HNS.md, "What HNS leaves out").
 */
const nothing: ReadonlyMap<string, readonly unknown[]> = new Map<string, readonly unknown[]>([
  ['Type', ['NAT', 'Static', 'PortMapping', 'Host']],
  ['Action', ['Allow']],
  ['Direction', ['In']],
  ['Flags', [0]],
]);

/** A document as V2 answers it. */
export function asAnswered(document: JsonObject): JsonObject {
  const said = Object.entries(document).filter(
    ([key, value]) => !nothing.get(key)?.includes(value),
  );
  return Object.fromEntries(said.map(([key, value]) => [key, partAsAnswered(value)]));
}

function partAsAnswered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(partAsAnswered);
  return isJsonObject(value) ? asAnswered(value) : value;
}
