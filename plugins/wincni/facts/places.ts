import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { keyValue } from '../../../cni/keys.ts';
import { type HnsWay, hnsWay } from '../../../hns-bridge/ways.ts';
import { defined, type MayLack } from '../../../system/defined.ts';
import type { FileFact } from './facts.ts';

/** Where the plugins of a node keep what they keep, as its configurations say it. */
export interface Places {
  /** host-local's folders of folders of leases. */
  readonly leases: readonly string[];
  /** flannel's folders of delegates' configurations. */
  readonly scratch: readonly string[];
  /** What flanneld writes. */
  readonly subnetFiles: readonly string[];
  readonly logFile?: string;
  /** How the first configuration that says it wants HNS reached. */
  readonly hns?: HnsWay;
}

/** Where the plugins look if nobody says it: the reference's defaults. */
export const usualPlaces = {
  leases: '/var/lib/cni/networks',
  scratch: '/var/lib/cni/flannel',
  subnetFile: '/run/flannel/subnet.env',
} as const;

/**
 * Reads of configurations where the plugins keep things. Lenient: what is wrong with a configuration is
 * doctor's to say. The usual places are among them even so: what lies there was left by another one.
 */
export function placesOf(configurations: readonly FileFact[]): Places {
  const plugins = configurations.flatMap(({ text }) => pluginsIn(text ?? ''));
  const texts = (key: string, objects: readonly JsonObject[]) =>
    objects.map((object) => keyValue(object, key)).filter(isPath);
  const ways = plugins.map((plugin) => hnsWay(keyValue(plugin, 'hns')));
  const flannel = plugins.filter((plugin) => keyValue(plugin, 'type') === 'flannel');
  return defined({
    leases: distinct([...texts('dataDir', plugins.flatMap(ipamsOf)), usualPlaces.leases]),
    scratch: distinct([...texts('dataDir', flannel), usualPlaces.scratch]),
    subnetFiles: distinct([...texts('subnetFile', flannel), usualPlaces.subnetFile]),
    logFile: texts('logFile', plugins)[0],
    hns: ways.find((way) => way !== undefined),
  } satisfies MayLack<Places>);
}

/** A configuration's plugins, and the delegates in them: a list's, or the one of a single file. */
function pluginsIn(text: string): readonly JsonObject[] {
  const document = parsed(text);
  if (!isJsonObject(document)) return [];
  const list = keyValue(document, 'plugins');
  const plugins = (Array.isArray(list) ? list : [document]).filter(isJsonObject);
  return plugins.flatMap((plugin) => {
    const delegate = keyValue(plugin, 'delegate');
    return isJsonObject(delegate) ? [plugin, delegate] : [plugin];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function ipamsOf(plugin: JsonObject): readonly JsonObject[] {
  const ipam = keyValue(plugin, 'ipam');
  return isJsonObject(ipam) ? [ipam] : [];
}

const isPath = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && !value.includes('\0');

const distinct = (paths: readonly string[]) => [...new Set(paths)];
