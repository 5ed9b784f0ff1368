import { getAssetKeys, getRawAsset } from 'node:sea';
import type { StoredPart } from './parts.ts';

/** The parts that an executable holds, as assets: `<name>.js`, and beside it `<name>.cache`, empty where there is none. */

const sourceSuffix = '.js';

/** The names of all parts. */
export function partNames(): readonly string[] {
  return getAssetKeys()
    .filter((key) => key.endsWith(sourceSuffix))
    .map((key) => key.slice(0, -sourceSuffix.length));
}

/** A part of this executable. Throws when it has none of that name. */
export function storedPart(name: string): StoredPart {
  const source = Buffer.from(getRawAsset(name + sourceSuffix)).toString('latin1');
  const cache = new Uint8Array(getRawAsset(`${name}.cache`));
  return { source, cache: cache.length === 0 ? undefined : cache };
}
