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
  for (const { range, from, to } of stretches(set, last)) {
    const family = range.subnet.family;
    for (let value = from; value <= to; value++) {
      const address = { family, value };
      if (value !== range.gateway && !isReserved(address)) yield address;
    }
  }
}

/** The addresses of a set that were given last, the last one first, and those that come next. */
export function around(
  set: RangeSet,
  last: Address | undefined,
  counts: { readonly before: number; readonly behind: number },
): readonly Address[] {
  const next = candidates(set, last, () => false);
  return [...first(backwards(set, last), counts.before), ...first(next, counts.behind)];
}

function* backwards(set: RangeSet, last: Address | undefined): Generator<Address> {
  for (const { range, from, to } of stretches(set, last).toReversed()) {
    const family = range.subnet.family;
    for (let value = to; value >= from; value--) yield { family, value };
  }
}

function first<Entry>(entries: Iterable<Entry>, count: number): readonly Entry[] {
  const taken: Entry[] = [];
  for (const entry of entries) {
    if (taken.push(entry) === count) break;
  }
  return taken;
}

/** A piece of a range, both ends in it. */
interface Stretch {
  readonly range: Range;
  readonly from: bigint;
  readonly to: bigint;
}

/** The whole set once around, from the address after the last to the last one itself. */
function stretches(set: RangeSet, last: Address | undefined): readonly Stretch[] {
  const at = last && rangeFor(set, last);
  const start = at ? set.indexOf(at) : 0;
  const whole = [...set.slice(start), ...set.slice(0, start)].map((range) => ({
    range,
    from: range.start,
    to: range.end,
  }));
  if (!at || !last) return whole;
  return [
    { range: at, from: last.value + 1n, to: at.end },
    ...whole.slice(1),
    { range: at, from: at.start, to: last.value },
  ];
}
