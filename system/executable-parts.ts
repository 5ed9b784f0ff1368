import { getAssetKeys, getRawAsset, isSea } from 'node:sea';
import { type CacheState, compilePart, type StoredPart } from './parts.ts';

/** The parts that an executable holds, as assets: `<name>.js`, and beside it `<name>.cache`, empty where there is none. */

const sourceSuffix = '.js';

/** A part of this executable. Throws when it has none of that name. */
export function storedPart(name: string): StoredPart {
  const source = Buffer.from(getRawAsset(name + sourceSuffix)).toString('latin1');
  const cache = new Uint8Array(getRawAsset(`${name}.cache`));
  return { source, cache: cache.length === 0 ? undefined : cache };
}

/** What Node makes of every part's compiled code here. Undefined where this is no executable of ours. */
export function cacheStates(): ReadonlyMap<string, CacheState> | undefined {
  if (!isSea()) return undefined;
  const names = getAssetKeys()
    .filter((key) => key.endsWith(sourceSuffix))
    .map((key) => key.slice(0, -sourceSuffix.length));
  // Under another name than it runs by: what runs already is not looked for in its cache again.
  const stateOf = (name: string) => compilePart(storedPart(name), `again/${name}`).cache;
  return new Map(names.sort().map((name) => [name, stateOf(name)]));
}
