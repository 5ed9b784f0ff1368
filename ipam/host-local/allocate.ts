import { type Address, formatAddress } from '../../cni/address.ts';
import { type Range, type RangeSet, rangeFor } from './ranges.ts';

/** An address that may be given, and the range it is of. */
export interface Candidate {
  readonly range: Range;
  readonly address: Address;
  /** As leases are named. */
  readonly text: string;
}

/**
 * The addresses of a set in the order they are to be tried: round robin, from the one after the last
 * that was given, once around. Gateways and reserved addresses are not among them. A last address
 * that is of no range of the set counts for nothing: the ranges were changed.
 */
export function* candidates(
  set: RangeSet,
  last: Address | undefined,
  reserved: ReadonlySet<string>,
): Generator<Candidate> {
  const at = last && rangeFor(set, last);
  const first = at ? set.indexOf(at) : 0;
  const ordered = [...set.slice(first), ...set.slice(0, first)];
  if (!at || !last) {
    for (const range of ordered) yield* stretch(range, range.start, range.end, reserved);
    return;
  }
  yield* stretch(at, last.value + 1n, at.end, reserved);
  for (const range of ordered.slice(1)) yield* stretch(range, range.start, range.end, reserved);
  yield* stretch(at, at.start, last.value, reserved);
}

function* stretch(
  range: Range,
  from: bigint,
  to: bigint,
  reserved: ReadonlySet<string>,
): Generator<Candidate> {
  const family = range.subnet.family;
  for (let value = from; value <= to; value++) {
    if (value === range.gateway) continue;
    const address = { family, value };
    const text = formatAddress(address);
    if (!reserved.has(text)) yield { range, address, text };
  }
}

/** How many addresses a set can give, and how many of those are taken. */
export function usage(
  set: RangeSet,
  taken: readonly Address[],
  reserved: readonly Address[],
): { readonly size: bigint; readonly taken: bigint } {
  const closed = new Set(
    [...reserved, ...set.map(gatewayOf)]
      .filter((address) => rangeFor(set, address))
      .map(formatAddress),
  );
  const size = set.reduce((sum, { start, end }) => sum + (end - start + 1n), 0n);
  const used = taken.filter(
    (address) => rangeFor(set, address) && !closed.has(formatAddress(address)),
  );
  return { size: size - BigInt(closed.size), taken: BigInt(used.length) };
}

function gatewayOf({ gateway, subnet }: Range): Address {
  return { family: subnet.family, value: gateway };
}
