import { formatAddress, parseAddress } from '../../../cni/address.ts';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import type { Calls } from '../../../hns-bridge/calls.ts';
import { schemaVersion } from '../../../hns-bridge/documents.ts';
import { readOwner } from '../../../ipam/host-local/lease.ts';
import { defined } from '../../../system/defined.ts';
import { hasCode } from '../../../system/errors.ts';
import type { Clock, Files } from '../../../system/host.ts';
import { unfinishedPrefix } from '../../../system/whole-files.ts';
import { parseScratch } from '../../flannel/scratch.ts';
import type { Look } from './facts.ts';
import { joined } from './node-paths.ts';
import { type Lacking, probe, tell } from './probe.ts';

/** Where a look looks. */
export interface LookSources {
  readonly files: Files;
  readonly clock: Pick<Clock, 'now'>;
  /** host-local's folders of folders of leases: the `dataDir` of each configuration. */
  readonly leaseFolders: readonly string[];
  /** flannel's: its `dataDir`. */
  readonly scratchFolders: readonly string[];
  /** HNS, where there is a way to it. */
  readonly calls?: Calls | undefined;
  /** Asks the runtime. */
  readonly sandboxes?: (() => Promise<NonNullable<Look['sandboxes']>>) | undefined;
}

/** What there is of pods at this moment. What cannot be read is left out, and told. */
export async function gatherLook(sources: LookSources, lacking: Lacking): Promise<Look> {
  const { calls, clock, files, leaseFolders, sandboxes, scratchFolders } = sources;
  const at = clock.now();
  // What asks others first: files change less while they answer than the other way round.
  const [endpoints, namespaces, found] = await Promise.all([
    calls && probe(lacking, 'looks.endpoints', () => endpointsOf(calls)),
    calls && probe(lacking, 'looks.namespaces', () => namespacesOf(calls)),
    sandboxes && probe(lacking, 'looks.sandboxes', sandboxes),
  ]);
  return defined({
    at,
    leases: leaseFolders.flatMap((folder) => readLeases(files, folder, lacking)),
    endpoints,
    namespaces,
    sandboxes: found,
    scratch: scratchFolders.flatMap((folder) => readScratch(files, folder, lacking)),
  });
}

/** V1's listing of endpoints: it has those of both dialects. */
async function endpointsOf(calls: Calls): Promise<JsonObject[]> {
  return documentsIn(
    await calls.v1({ operation: 'list endpoints', method: 'GET', path: '/endpoints/' }),
  );
}

/** The ids of compute namespaces. */
async function namespacesOf(calls: Calls): Promise<string[]> {
  const query = JSON.stringify(schemaVersion);
  return [...(await calls.enumerate({ operation: 'list namespaces', kind: 'Namespace', query }))];
}

/** The objects of a listing of V1's: without objects there may be no output. */
export function documentsIn(output: unknown): JsonObject[] {
  const entries: readonly unknown[] = Array.isArray(output) ? output : [output];
  return entries.filter(isJsonObject);
}

/** The leases below a folder of host-local's, of all networks. */
export function readLeases(files: Files, folder: string, lacking: Lacking): Look['leases'] {
  return namesIn(files, folder, 'looks.leases', lacking).flatMap((network) => {
    const below = joined(folder, network);
    // Files beside the networks' folders are nobody's leases.
    return namesIn(files, below, 'looks.leases', lacking).flatMap((name) => {
      const address = addressOf(name);
      if (address === undefined) return [];
      const file = joined(below, name);
      return attempt(lacking, 'looks.leases', file, () => {
        const owner = readOwner(files.read(file));
        const modified = files.modified(file);
        const { containerId: container = '', ifName = '' } = owner ?? {};
        return { network, file, address, container, ifName, modified };
      });
    });
  });
}

/** Windows has no `:` in the names of files: there `_` stands for it. */
function addressOf(name: string): string | undefined {
  const address = parseAddress(name) ?? parseAddress(name.replaceAll('_', ':'));
  return address && formatAddress(address);
}

/** What flannel remembers in a folder: the text as it is, and whose it is. */
export function readScratch(files: Files, folder: string, lacking: Lacking): Look['scratch'] {
  return namesIn(files, folder, 'looks.scratch', lacking).flatMap((name) => {
    const file = joined(folder, name);
    return attempt(lacking, 'looks.scratch', file, () => {
      const text = files.read(file);
      // The reference names the file for the sandbox.
      const container = parseScratch(text)?.owner?.sandbox ?? name;
      return {
        file,
        container,
        text: text.slice(0, longestScratch),
        modified: files.modified(file),
      };
    });
  });
}

/** A delegate's configuration is some kilobytes; what is longer is none. */
const longestScratch = 65_536;

/** What reading a file gives; nothing where it has gone in between, or is a folder. */
function attempt<Read>(lacking: Lacking, fact: string, path: string, read: () => Read): Read[] {
  try {
    return [read()];
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EISDIR', 'ENOTDIR')) tell(lacking, fact, path, error);
    return [];
  }
}

/** The names in a folder, in order, without what is unfinished; none where there is no such folder. */
function namesIn(files: Files, folder: string, fact: string, lacking: Lacking): readonly string[] {
  try {
    const names = files.list(folder).filter((name) => !name.startsWith(unfinishedPrefix));
    return names.sort();
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) tell(lacking, fact, folder, error);
    return [];
  }
}
