import type { Address } from '../../cni/address.ts';
import { type Range, type RangeSet, rangeFor } from './ranges.ts';

/**
 * The addresses of a set in the order they are to be tried: round robin, from the one after the last
 * that was given, once around. Gateways and reserved addresses are not among them. A last address
 * that is of no range of the set counts for nothing: the ranges were changed.
 */
export function* candidates(
  set: RangeSet,
  last: Address | undefined,
  isReserved: (address: Address) => boolean,
): Generator<Address> {
  const at = last && rangeFor(set, last);
  const first = at ? set.indexOf(at) : 0;
  const ordered = [...set.slice(first), ...set.slice(0, first)];
  if (!at || !last) {
    for (const range of ordered) yield* stretch(range, range.start, range.end, isReserved);
    return;
  }
  yield* stretch(at, last.value + 1n, at.end, isReserved);
  for (const range of ordered.slice(1)) yield* stretch(range, range.start, range.end, isReserved);
  yield* stretch(at, at.start, last.value, isReserved);
}

function* stretch(
  range: Range,
  from: bigint,
  to: bigint,
  isReserved: (address: Address) => boolean,
): Generator<Address> {
  const family = range.subnet.family;
  for (let value = from; value <= to; value++) {
    const address = { family, value };
    if (value !== range.gateway && !isReserved(address)) yield address;
  }
}
