import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import type { Files } from '../../../system/host.ts';

/** Where libcni keeps what ADD answered, and the namespace (libcni/api.go, CacheDir, getCacheFilePath). */
const folder = '/var/lib/cni/results';

/** What a runtime knows of an ADD. */
export interface KeptAnswer {
  readonly path: string;
  readonly prevResult: JsonObject;
  readonly netns?: string;
}

/** What libcni keeps of an attachment; undefined where it keeps nothing that can be read. */
export function keptAnswer(
  files: Files,
  attachment: { readonly network: string; readonly container: string; readonly ifname: string },
): KeptAnswer | undefined {
  const { container, ifname, network } = attachment;
  const name = `${network}-${container}-${ifname}`;
  // It is a file's name: none that leads elsewhere.
  if (/[\\/:\0]/.test(name)) return undefined;
  const path = `${folder}/${name}`;
  try {
    const kept: unknown = JSON.parse(files.read(path));
    if (!isJsonObject(kept) || !isJsonObject(kept['result'])) return undefined;
    const netns = kept['netns'];
    return { path, prevResult: kept['result'], ...(typeof netns === 'string' ? { netns } : {}) };
  } catch {
    return undefined;
  }
}
