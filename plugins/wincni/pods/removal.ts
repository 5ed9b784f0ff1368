import { isIdentifier } from '../../../cni/identifiers.ts';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { keyValue, withoutKey } from '../../../cni/keys.ts';
import { endpointId, isOurScheme } from '../../attach/identity.ts';
import type { ConfigurationFile, Configurations } from '../checks/reading/configurations.ts';
import { folderOf } from '../facts/node-paths.ts';
import type { PodRow } from './join.ts';

/** A DEL of one of our plugins, as a runtime would send it. */
export interface Deletion {
  readonly plugin: string;
  readonly ifName: string;
  readonly netns: string;
  readonly config: JsonObject;
}

/** How what is left of a pod is removed; or why it can't be. */
export type Removal =
  | { readonly kind: 'deletions'; readonly deletions: readonly Deletion[] }
  | { readonly kind: 'obstacle'; readonly why: string };

const obstacle = (why: string): Removal => ({ kind: 'obstacle', why });

/**
 * The DELs that remove what is left of a pod. They are the plugins' own, so that nothing here decides what
 * belongs to a pod, nor in which order it goes. Not GC: what is in no list of the moment it was made in, GC
 * removes, and kubelet goes on adding pods; a DEL names one pod, which is gone.
 * @param added keys for the configurations that are made here: how HNS is to be reached
 */
export function removalOf(row: PodRow, configurations: Configurations, added: JsonObject): Removal {
  const { endpoints, leases, network, scratch } = row;
  if (!isIdentifier(network)) return obstacle('its network has a name that no plugin takes');
  const ifNames = interfacesOf(row);
  if (!ifNames) return obstacle('its interface is not known: nothing is left that says it');
  const netns = endpoints.find(({ namespace }) => namespace !== undefined)?.namespace ?? '';
  const made = { cniVersion: '1.0.0', name: network, ...added };
  const each = (config: JsonObject, plugin: string): readonly Deletion[] =>
    ifNames.map((ifName) => ({ plugin, ifName, netns, config }));
  const folders = [
    ...new Set(leases.flatMap(({ file }) => (file ? [folderOf(folderOf(file))] : []))),
  ];
  const ofLeases = folders.flatMap((dataDir) =>
    each({ ...made, type: 'host-local', ipam: { type: 'host-local', dataDir } }, 'host-local'),
  );
  const configured = configuredFor(network, configurations);
  if (configured?.kind === 'other') {
    return obstacle(
      `${configured.file} configures its network for ${configured.type}, which is not ours`,
    );
  }
  if (configured) {
    const own = each(withoutKey(configured.config, 'capabilities'), configured.plugin);
    return { kind: 'deletions', deletions: [...own, ...ofLeases] };
  }
  const [remembered] = scratch;
  if (remembered) {
    const dataDir = folderOf(remembered.file);
    const own = each({ ...made, type: 'flannel', dataDir }, 'flannel');
    return { kind: 'deletions', deletions: [...own, ...ofLeases] };
  }
  const isOurs = leases.length > 0 || endpoints.some(({ id }) => isOurScheme(id));
  if (!isOurs)
    return obstacle(`no configuration is of network ${network}, and others may have made it`);
  // DEL is the same in every mode.
  const own = each({ ...made, type: 'win-overlay', ipam: {} }, 'win-overlay');
  return { kind: 'deletions', deletions: [...own, ...ofLeases] };
}

/**
 * The interfaces of a pod: those that its leases and scratch files name, and those that its endpoints' ids are
 * made of. Undefined where an endpoint's is none of the usual.
 */
function interfacesOf({ container, endpoints, ifNames, network }: PodRow) {
  const usual = Array.from({ length: 10 }, (_, index) => `eth${index}`);
  const found = new Set(ifNames);
  for (const { id } of endpoints) {
    // What the reference made is known by its name.
    if (!isOurScheme(id)) continue;
    const ifName = [...ifNames, ...usual].find(
      (name) => endpointId(network, container, name) === id,
    );
    if (ifName === undefined) return undefined;
    found.add(ifName);
  }
  return found.size > 0 ? [...found] : ['eth0'];
}

type Configured =
  | { readonly kind: 'ours'; readonly plugin: string; readonly config: JsonObject }
  | { readonly kind: 'other'; readonly file: string; readonly type: string };

/** The plugin that attaches to a network, of the files in effect first. */
function configuredFor(network: string, { files }: Configurations): Configured | undefined {
  const ordered = [
    ...files.filter(({ inEffect }) => inEffect),
    ...files.filter(({ inEffect }) => !inEffect),
  ];
  for (const file of ordered) {
    const found = configuredIn(network, file);
    if (found) return found;
  }
  return undefined;
}

function configuredIn(
  network: string,
  { name, plugins }: ConfigurationFile,
): Configured | undefined {
  const here = plugins.filter(({ written }) => keyValue(written, 'name') === network);
  const ours = here.find(({ mode, plugin }) => plugin === 'flannel' || mode);
  if (ours?.plugin !== undefined && isJsonObject(ours.written)) {
    return { kind: 'ours', plugin: ours.plugin, config: ours.written };
  }
  const [first] = here;
  return first && { kind: 'other', file: name, type: first.type };
}
