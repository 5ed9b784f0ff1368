import { type Address, formatAddress, parseAddress } from '../../../cni/address.ts';
import { openStore } from '../../../ipam/host-local/store.ts';
import { exit, OperatorError } from '../exit.ts';
import { folderOf } from '../facts/node-paths.ts';
import { hostOf } from '../hns.ts';
import type { Operator } from '../operator.ts';
import { type TypedOptions, typed } from '../typed.ts';
import type { LeaseFact } from './join.ts';
import { shortId } from './looks.ts';
import { longestStart } from './proof.ts';
import type { JudgedLook, JudgedRow } from './verdict.ts';

/** A lease, and what it belongs to. */
export interface FoundLease {
  readonly lease: LeaseFact & { readonly file: string };
  readonly row: JudgedRow;
}

/** The lease of an address. Throws where there is none, or one on each of several networks and none is named. */
export function findLease({ rows }: JudgedLook, address: string, said: TypedOptions): FoundLease {
  const { network } = said;
  const found = rows.flatMap((row) =>
    row.leases.flatMap((lease) =>
      lease.file !== undefined &&
      lease.address === address &&
      (network === undefined || lease.network === network)
        ? [{ row, lease: { ...lease, file: lease.file } }]
        : [],
    ),
  );
  const [first, ...others] = found;
  if (!first) {
    const where = network === undefined ? 'any network' : network;
    throw new OperatorError(exit.failed, `${address} is not leased on ${where}`, [
      'wincni lease list',
    ]);
  }
  if (others.length === 0) return first;
  const networks = [...new Set(found.map(({ lease }) => lease.network))];
  if (networks.length > 1) {
    throw new OperatorError(
      exit.usage,
      `${address} is leased on ${networks.join(' and ')}: name one`,
      networks.map((each) => typed(`lease release ${address}`, { ...said, network: each })),
    );
  }
  const files = found.map(({ lease }) => lease.file);
  throw new OperatorError(
    exit.failed,
    `${address} is leased in several folders: ${files.join(', ')}`,
    ['remove the one that no configuration names'],
  );
}

/** Why a lease should not be given back, as far as it can be told; undefined where nothing speaks against it. */
export function objectionTo(
  { lease, row }: FoundLease,
  { at, endpoints }: JudgedLook,
): string | undefined {
  const { address, container, network } = lease;
  if (row.kind === 'host') return `it is the host's own: ${container} has it`;
  if (!endpoints) return `whether an endpoint has ${address} is not known: HNS does not answer`;
  // Names of networks differ in letter case between folders and HNS, so every endpoint of this node speaks against it.
  const holder = endpoints.find(
    (each) =>
      each.addresses.includes(address) &&
      (each.network === network || each.whose.kind !== 'remote'),
  );
  if (holder) return `endpoint ${holder.id} has it`;
  const [own] = row.endpoints;
  if (own) return `${shortId(container)} has an endpoint: ${own.id}`;
  if (row.sandbox) {
    return `the runtime has its pod: ${row.sandbox.namespace}/${row.sandbox.name}`;
  }
  return at - lease.modified < longestStart
    ? `it is younger than ${longestStart / 60_000} minutes: its pod may be in the making`
    : undefined;
}

/**
 * Gives a lease back as host-local does: claimed, and only as long as it is the one that was looked at. Throws
 * what kept it; exit code 1 where it has gone, or is another's, meanwhile.
 */
export function releaseLease(operator: Operator, { lease }: FoundLease): void {
  const folder = folderOf(lease.file);
  const store = openStore(hostOf(operator), folderOf(folder), lease.network);
  const { failures, freed } = store.free([addressIn(lease)], ({ owner }) => {
    const { containerId = '', ifName = '' } = owner ?? {};
    return containerId === lease.container && ifName === lease.ifName;
  });
  if (failures.length > 0) throw failures[0];
  if (freed.length > 0) return;
  throw new OperatorError(
    exit.failed,
    `the lease of ${lease.address} is gone, or another's, since it was looked at`,
    ['wincni lease list'],
  );
}

function addressIn({ address }: LeaseFact): Address {
  const parsed = parseAddress(address);
  if (!parsed) throw new Error(`a lease of ${address}`);
  return parsed;
}

/** The canonical form of an address that an operator typed; undefined for what is none. */
export function typedAddress(text: string): string | undefined {
  const parsed = parseAddress(text);
  return parsed && formatAddress(parsed);
}
