import { join } from 'node:path';
import { type Address, formatAddress, parseAddress } from '../../cni/address.ts';
import type { Attachment } from '../../cni/valid-attachments.ts';
import { isSystemError } from '../../system/errors.ts';
import type { Host } from '../../system/host.ts';
import {
  createExclusively,
  discard,
  patiently,
  placeWhole,
  readIfThere,
  removeIfThere,
  renameIfThere,
  sweepUnfinished,
  unfinishedPath,
  unfinishedPrefix,
} from '../../system/whole-files.ts';

/** Whose a lease is. Old versions of the reference wrote no interface: `ifName` is then undefined. */
export interface Owner {
  readonly containerId: string;
  readonly ifName: string | undefined;
}

/** A lease as it is on the disk. */
export interface Lease {
  readonly address: Address;
  /** Undefined: nothing stands in the file, and it is nobody's. */
  readonly owner: Owner | undefined;
}

/** How long an empty lease file is left alone, in milliseconds: its writer may be at it. */
const emptyGrace = 60_000;

/**
 * The leases of one network: a file an address, as the reference host-local has them, in
 * `<dataDir>/<network>/`. No lock is needed: a lease is taken by giving a finished file the name of
 * its address, and only one process can; the reference creates the same name exclusively.
 */
export interface Store {
  /** The addresses with a lease. */
  addresses(): Address[];
  /** The same, in a folder of fewer files than this; undefined in a fuller one. */
  addressesOfFew(limit: number): Address[] | undefined;
  /** The folder as it is now: tells for each address whether it has a lease. */
  listed(): (address: Address) => boolean;
  /** A lease, or undefined when there is none. */
  lease(address: Address): Lease | undefined;
  /** Tries to take an address, one after the other: the one it got, undefined when it got none. */
  take(owner: Attachment, wanted: Iterable<Address>): Address | undefined;
  /** Removes a lease that may go; false when there is none, or it is another's by now. */
  free(address: Address, mayGo: (lease: Lease) => boolean): boolean;
  /** Frees an address whose lease is empty and old; false when it is not. */
  reclaim(address: Address): boolean;
  /** The last address given of a set, as far as known. */
  last(set: number): Address | undefined;
  rememberLast(set: number, address: Address): void;
  /** Removes what killed processes left unfinished; what cannot be removed is logged. */
  sweep(): void;
  /** Writes and removes a file: throws what keeps leases from being written. */
  probe(): void;
}

/** Opens the store, making its folder. */
export function openStore(host: Host, dataDir: string, network: string): Store {
  const { clock, files } = host;
  const folder = join(dataDir, network);
  files.makeFolder(folder);
  const nameOf = (address: Address) => fileName(host, formatAddress(address));
  const pathOf = (address: Address) => join(folder, nameOf(address));
  const lastPath = (set: number) => join(folder, `last_reserved_ip.${set}`);
  const olderThan = (path: string, ms: number) => clock.now() - files.modified(path) > ms;

  /** Whether a file is empty, and has been for so long that nobody is about to write it. */
  function isAbandoned(path: string): boolean {
    try {
      return isBlank(files.read(path)) && olderThan(path, emptyGrace);
    } catch (error) {
      // Gone, or not to be read: then it is not known to be empty.
      if (isSystemError(error)) return false;
      throw error;
    }
  }

  function reclaim(address: Address): boolean {
    const path = pathOf(address);
    if (!isAbandoned(path)) return false;
    // One process at a time: a slow one could remove a lease that was made since it looked.
    const claim = join(folder, `${unfinishedPrefix}reclaim-${nameOf(address)}`);
    if (!createExclusively(files, claim, '')) return false;
    try {
      return isAbandoned(path) && removeIfThere(files, path);
    } finally {
      discard(files, claim);
    }
  }

  /**
   * Since a lease was looked at, another command of the same pod may have freed it, and a new pod
   * have got the address: only one command can move the file aside, and it looks once more at what it has moved.
   */
  function free(address: Address, mayGo: (lease: Lease) => boolean): boolean {
    const path = pathOf(address);
    const aside = unfinishedPath(host, path);
    if (!patiently(() => renameIfThere(files, path, aside))) return false;
    let text = '';
    let gone = false;
    try {
      text = files.read(aside);
      gone = mayGo({ address, owner: readOwner(text) });
      return gone;
    } finally {
      if (!gone && !placeWhole(files, aside, path, text)) {
        host.log('lease not put back', { address: formatAddress(address), lease: text });
      }
      discard(files, aside);
    }
  }

  const leaseNames = (names: readonly string[]) =>
    names.flatMap((name) => addressNamed(host, name) ?? []);

  return {
    addresses: () => leaseNames(files.list(folder)),
    addressesOfFew(limit) {
      const names = files.list(folder, limit);
      return names.length < limit ? leaseNames(names) : undefined;
    },
    listed() {
      // By their names as they are: to parse those of 60,000 leases takes longer than to list them.
      const names = new Set(files.list(folder));
      return (address) => names.has(nameOf(address));
    },
    lease(address) {
      const text = readIfThere(files, pathOf(address));
      return text === undefined ? undefined : { address, owner: readOwner(text) };
    },
    take(owner, wanted) {
      const beside = unfinishedPath(host, join(folder, 'lease'));
      const text = `${owner.containerId}\r\n${owner.ifName}`;
      files.writeNew(beside, text);
      try {
        for (const address of wanted) {
          if (placeWhole(files, beside, pathOf(address), text)) return address;
        }
        return undefined;
      } finally {
        discard(files, beside);
      }
    },
    free,
    reclaim,
    last(set) {
      try {
        return parseAddress(files.read(lastPath(set)).trim());
      } catch {
        // A hint only: without it, the search starts at the beginning.
        return undefined;
      }
    },
    rememberLast(set, address) {
      try {
        files.overwrite(lastPath(set), formatAddress(address));
      } catch (error) {
        host.log('last address not remembered', { error: String(error) });
      }
    },
    probe() {
      const path = unfinishedPath(host, join(folder, 'probe'));
      files.writeNew(path, '');
      files.remove(path);
    },
    sweep: () => sweepUnfinished(host, folder),
  };
}

/** Windows has no `:` in file names: the reference writes `_` there, and only there. */
function fileName(host: Host, address: string): string {
  return host.platform === 'win32' ? address.replaceAll(':', '_') : address;
}

function addressNamed(host: Host, name: string): Address | undefined {
  return parseAddress(host.platform === 'win32' ? name.replaceAll('_', ':') : name);
}

/** Empty, or the zeros that NTFS shows for what a power cut kept from the disk. */
function isBlank(text: string): boolean {
  return /^[\s\0]*$/.test(text);
}

function readOwner(text: string): Owner | undefined {
  if (isBlank(text)) return undefined;
  const lines = text.trim().split(/\r?\n/);
  const [containerId = '', ifName] = lines.map((line) => line.trim());
  return { containerId, ifName };
}

/** Whether a lease is a container's interface's; one without an interface is each interface's. */
export function isOwnedBy({ owner }: Lease, { containerId, ifName }: Attachment): boolean {
  if (owner?.containerId !== containerId) return false;
  return owner.ifName === undefined || owner.ifName === ifName;
}
