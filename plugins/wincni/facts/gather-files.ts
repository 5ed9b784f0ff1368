import { defined, type MayLack } from '../../../system/defined.ts';
import type { Files } from '../../../system/host.ts';
import { type Flags, startedAs } from '../checks/reading/started.ts';
import { containerdCni } from './containerd-config.ts';
import { containerdFiles } from './containerd-files.ts';
import type { Facts, FileFact } from './facts.ts';
import { fileFact, filesThere, fromUtf16, isFolder, isThere, logEnd } from './file-facts.ts';
import { containerdPaths, distinct, saidFolders, usual } from './folders.ts';
import { joined, onDrive } from './node-paths.ts';
import { type Places, placesOf } from './places.ts';
import { type Lacking, tell } from './probe.ts';

/** What is found in files: of the runtime, of flanneld, of kube-proxy's scripts. */
export interface FilesFound
  extends Pick<
    Facts,
    | 'configurations'
    | 'containerd'
    | 'flanneldLog'
    | 'folders'
    | 'netConf'
    | 'sourceVip'
    | 'subnetEnv'
  > {
  /** Where the plugins keep things, on their drive. */
  readonly places: Places;
}

export interface FileSources {
  readonly files: Files;
  /** What the operator says of the folders. */
  readonly said: { readonly conf?: string | undefined; readonly bin?: string | undefined };
  /** What runs on the node, where that is known. */
  readonly running: Pick<Facts, 'processes' | 'services'>;
  /** The drive that a path without one is on: `C:`; undefined elsewhere than on Windows. */
  readonly drive: string | undefined;
}

/** Reads the files of a node. What is not there is told, and what cannot be read says why itself. */
export function gatherFiles(sources: FileSources, lacking: Lacking): FilesFound {
  const { drive, files, running, said } = sources;
  const containerd = containerdOf(files, flagsOf(running, 'containerd'));
  if (!containerd) {
    const what = `containerd's configuration is in none of ${usual.containerd.join(', ')}`;
    lacking.add({ fact: 'containerd', reason: 'absent', what });
  }
  // Of a file that may not be read nobody knows that it leaves containerd at its defaults.
  const cni = containerd?.[0]?.text === undefined ? undefined : containerdCni(containerd);
  const { maxConfNum, ...folders } = saidFolders(said, cni, flagsOf(running, 'kubelet'));
  const there = (paths: readonly string[]) => paths.filter((path) => isFolder(files, path));
  const conf = [...distinct([...folders.conf, ...there(usual.conf)])];
  const bin = [...distinct([...folders.bin, ...there(usual.bin)])];
  const absent = [...conf, ...bin].filter((path) => !isFolder(files, path));
  const configurations = configurationsIn(files, conf[0], lacking);
  const places = onDriveOf(placesOf(configurations), drive);
  const flanneld = flagsOf(running, 'flanneld');
  const [netConf] = filesThere(files, listed(flanneld.get('net-config-path'), usual.netConf));
  const flanneldLog = usual.flanneldLog.map((path) => logEnd(files, path)).find(isThere);
  // The one that a configuration names, even if it is missing; else what lies at the usual place.
  const subnetEnv = fileFact(files, places.subnetFiles[0] ?? '');
  const read = { containerd: containerd ?? [], configurations, netConf, subnetEnv };
  for (const [fact, found] of Object.entries(read)) tellDenied(lacking, fact, [found].flat());
  return defined({
    containerd: containerd && { files: containerd },
    folders: defined({ conf, bin, maxConfNum, absent }),
    configurations,
    places,
    subnetEnv,
    netConf,
    flanneldLog,
    sourceVip: filesThere(files, distinct(usual.sourceVip)).map(fromUtf16),
  } satisfies MayLack<FilesFound>);
}

const listed = (said: string | undefined, usually: readonly string[]) =>
  said === undefined ? usually : [said];

/** Who has no rights finds no fault with a file that others read. */
function tellDenied(
  lacking: Lacking,
  fact: string,
  found: readonly (FileFact | undefined)[],
): void {
  const denied = found.find((file) => file?.error === 'EACCES' || file?.error === 'EPERM');
  if (denied)
    lacking.add({ fact, reason: 'administrator', what: `${denied.path}: ${denied.error}` });
}

/** The flags that a program of the node runs with, as far as that is known. */
function flagsOf(running: FileSources['running'], name: string): Flags {
  const started = startedAs(running, name);
  return started.kind === 'known' ? started.flags : new Map();
}

/** containerd's files: of the first place where there is one, or where its command says there is. */
function containerdOf(files: Files, flags: Flags) {
  for (const path of containerdPaths(flags)) {
    const found = containerdFiles(files, path);
    const [first] = found;
    if (first && isThere(first)) return found;
  }
  return undefined;
}

/** The configurations in a folder, in the order in which libcni loads them: by name, byte for byte. */
function configurationsIn(files: Files, folder: string | undefined, lacking: Lacking) {
  if (folder === undefined) {
    const what = `none of ${usual.conf.join(', ')} is there`;
    lacking.add({ fact: 'configurations', reason: 'absent', what });
    return [];
  }
  return namesIn(files, folder, lacking)
    .filter((name) => /\.(?:conf|conflist|json)$/.test(name))
    .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map((name) => fileFact(files, joined(folder, name)));
}

function namesIn(files: Files, folder: string, lacking: Lacking): readonly string[] {
  try {
    return files.list(folder);
  } catch (error) {
    tell(lacking, 'configurations', folder, error);
    return [];
  }
}

function onDriveOf(places: Places, drive: string | undefined): Places {
  const at = (path: string) => onDrive(path, drive);
  return {
    ...places,
    leases: places.leases.map(at),
    scratch: places.scratch.map(at),
    subnetFiles: places.subnetFiles.map(at),
    ...(places.logFile === undefined ? {} : { logFile: at(places.logFile) }),
  };
}
