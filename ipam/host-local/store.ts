import { join } from 'node:path';
import { type Address, formatAddress, parseAddress } from '../../cni/address.ts';
import { CniError, code } from '../../cni/error.ts';
import type { Attachment } from '../../cni/valid-attachments.ts';
import { hasCode, isSystemError } from '../../system/errors.ts';
import type { Host } from '../../system/host.ts';
import { pathIn } from '../../system/path-in.ts';
import { isRefusedForNow, patience } from '../../system/patience.ts';
import {
  discard,
  placeWhole,
  removeIfThere,
  renameIfThere,
  sweepUnfinished,
  unfinishedPath,
} from '../../system/whole-files.ts';
import { type Claims, openClaims } from './claims.ts';
import { isBlank, type Lease, leaseText, readOwner } from './lease.ts';

/** How long an empty lease file is left alone, in milliseconds: its writer may be at it. */
const emptyGrace = 60_000;

/** How many names of addresses may be refused before it is the folder that refuses. */
const mostRefused = 1024;

/**
 * The leases of one network: a file an address, as the reference host-local has them, in
 * `<dataDir>/<network>/`. No lock is needed: a lease is taken by giving a finished file the name of
 * its address, and only one process can; the reference creates the same name exclusively. A folder
 * that is not there has no leases.
 */
export interface Store {
  /** The addresses with a lease. */
  addresses(): Address[];
  /** The same, in a folder of fewer files than this; undefined in a fuller one. */
  addressesOfFew(limit: number): Address[] | undefined;
  /** The folder as it is now: tells for each address whether it has a lease. */
  listed(): (address: Address) => boolean;
  /** A lease, or undefined when there is none; a folder of that name is none. */
  lease(address: Address): Lease | undefined;
  /** Makes the folder, for whoever is about to take an address. */
  prepare(): void;
  /**
   * Tries to take an address, one after the other: the one it got, undefined when it got none. One
   * whose name is refused for now is passed over; throws the refusal when nothing else was free.
   */
  take(owner: Attachment, wanted: Iterable<Address>): Address | undefined;
  /** Removes those leases that may go: those it removed, and what kept others from it. */
  free(addresses: Iterable<Address>, mayGo: (lease: Lease) => boolean): Freed;
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

export interface Freed {
  readonly freed: readonly Lease[];
  readonly failures: readonly unknown[];
}

/** Opens the store. Its folder is made when it is to be written to. */
export function openStore(host: Host, dataDir: string, network: string): Store {
  const { clock, files } = host;
  const folder = join(dataDir, network);
  const patiently = patience(host);
  const nameOf = (address: Address) => fileName(host, formatAddress(address));
  const pathOf = (address: Address) => pathIn(folder, nameOf(address));
  const lastPath = (set: number) => pathIn(folder, `last_reserved_ip.${set}`);
  let isMade = false;
  const olderThan = (path: string, ms: number) => clock.now() - files.modified(path) > ms;

  function makeFolder(): void {
    if (!isMade) files.makeFolder(folder);
    isMade = true;
  }

  function names(limit?: number): readonly string[] {
    return ifThere(() => patiently(() => files.list(folder, limit))) ?? [];
  }

  function lease(address: Address): Lease | undefined {
    const text = ifThere(() => patiently(() => files.read(pathOf(address))));
    return text === undefined ? undefined : { address, owner: readOwner(text) };
  }

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
    return withClaims((claims) => {
      const remove = () => isAbandoned(path) && removeIfThere(files, path);
      return claims.ifAlone(nameOf(address), remove) ?? false;
    });
  }

  function withClaims<Done>(act: (claims: Claims) => Done): Done {
    const claims = openClaims(host, folder, patiently);
    try {
      return act(claims);
    } finally {
      claims.close();
    }
  }

  /** Removes a lease that may go; to be called with the claim to it. Undefined: it may not, or is gone. */
  function remove(address: Address, mayGo: (lease: Lease) => boolean): Lease | undefined {
    const found = lease(address);
    if (!found || !mayGo(found)) return undefined;
    const path = pathOf(address);
    const aside = unfinishedPath(host, path);
    if (!patiently(() => renameIfThere(files, path, aside))) return undefined;
    // The reference knows no claims: of what it may have done since the look, this is the proof.
    let text = '';
    let moved: Lease | undefined;
    let isGone = false;
    try {
      text = patiently(() => files.read(aside));
      moved = { address, owner: readOwner(text), taken: files.modified(aside) };
    } catch (error) {
      // Its DEL removes every file of its pod, under whatever name.
      isGone = hasCode(error, 'ENOENT');
      if (!isGone) throw error;
    } finally {
      if (!isGone && (!moved || !mayGo(moved))) putBack(address, aside, text);
      discard(files, aside, patiently);
    }
    return moved && !mayGo(moved) ? undefined : (moved ?? found);
  }

  function putBack(address: Address, aside: string, text: string): void {
    if (patiently(() => placeWhole(files, aside, pathOf(address), text))) return;
    throw new CniError(
      code.io,
      `the lease of ${formatAddress(address)} could not be put back: the address has another one by now`,
      `the lease it had: ${JSON.stringify(text.slice(0, 200))}; delete that pod, it may share its address`,
    );
  }

  return {
    addresses: () => leasesAmong(host, names()),
    addressesOfFew(limit) {
      const some = names(limit);
      return some.length < limit ? leasesAmong(host, some) : undefined;
    },
    listed() {
      // By their names as they are: to parse those of 60,000 leases takes longer than to list them.
      const all = new Set(names());
      return (address) => all.has(nameOf(address));
    },
    lease,
    prepare: makeFolder,
    take(owner, wanted) {
      const beside = unfinishedPath(host, pathIn(folder, 'lease'));
      const text = leaseText(owner);
      files.writeNew(beside, text);
      let refusal: unknown;
      let refused = 0;
      try {
        for (const address of wanted) {
          try {
            if (patiently(() => placeWhole(files, beside, pathOf(address), text))) return address;
          } catch (error) {
            refused += 1;
            if (!isRefusedForNow(error) || refused > mostRefused) throw error;
            host.log('address passed over', { address: formatAddress(address), error });
            refusal = error;
          }
        }
      } finally {
        discard(files, beside, patiently);
      }
      if (refusal !== undefined) throw refusal;
      return undefined;
    },
    free(addresses, mayGo) {
      const freed: Lease[] = [];
      const failures: unknown[] = [];
      withClaims((claims) => {
        for (const address of addresses) {
          try {
            const found = lease(address);
            if (!found || !mayGo(found)) continue;
            const removed = claims.alone(nameOf(address), () => remove(address, mayGo));
            if (removed) freed.push(removed);
          } catch (error) {
            failures.push(error);
          }
        }
      });
      return { freed, failures };
    },
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
      // Put in place of what is there, never written into it: that could be a link to any file.
      const beside = unfinishedPath(host, lastPath(set));
      try {
        files.overwrite(beside, formatAddress(address));
        files.rename(beside, lastPath(set));
      } catch (error) {
        discard(files, beside, patiently);
        host.log('last address not remembered', { error: String(error) });
      }
    },
    probe() {
      makeFolder();
      const path = unfinishedPath(host, pathIn(folder, 'probe'));
      files.writeNew(path, '');
      patiently(() => files.remove(path));
    },
    sweep() {
      ifThere(() => sweepUnfinished(host, folder));
      ifThere(() => openClaims(host, folder, patiently).sweep());
    },
  };
}

/** What reading gives; undefined where there is nothing to read: no file, no folder, a folder for a file. */
function ifThere<Read>(read: () => Read): Read | undefined {
  try {
    return read();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined;
    throw error;
  }
}

/** Windows has no `:` in file names: the reference writes `_` there, and only there. */
function fileName(host: Host, address: string): string {
  return host.platform === 'win32' ? address.replaceAll(':', '_') : address;
}

function leasesAmong(host: Host, names: readonly string[]): Address[] {
  return names.flatMap((name) => {
    return parseAddress(host.platform === 'win32' ? name.replaceAll('_', ':') : name) ?? [];
  });
}
