import {
  type Address,
  bits,
  type Cidr,
  formatAddress,
  formatCidr,
  holds,
  parseAddress,
  parseCidr,
} from '../../cni/address.ts';
import { invalidConfig } from '../../cni/error.ts';

/** A range as it is written in a configuration. */
export interface WrittenRange {
  readonly subnet?: string | undefined;
  readonly rangeStart?: string | undefined;
  readonly rangeEnd?: string | undefined;
  readonly gateway?: string | undefined;
}

/** A range of addresses to give: both ends belong to it. */
export interface Range {
  readonly subnet: Cidr;
  readonly start: bigint;
  readonly end: bigint;
  readonly gateway: bigint;
}

/** Ranges that stand for each other: a pod gets one address of the set. */
export type RangeSet = readonly Range[];

/**
 * A range with everything filled in, by the rules of the reference: the gateway is the first
 * address, the range reaches from the first address to the last one that is no broadcast address.
 * Throws code 7, naming the key below `path`.
 */
export function readRange(path: string, written: WrittenRange): Range {
  const wrong = (key: keyof WrittenRange, problem: string) =>
    invalidConfig(`${path}.${key}`, problem);
  const text = written.subnet ?? '';
  const subnet = parseCidr(text);
  if (!subnet) throw wrong('subnet', `expected a CIDR, found ${shown(text)}`);
  const { family, first, last } = subnet;
  if (subnet.prefixLength > bits(family) - 2) {
    throw wrong('subnet', `network ${formatCidr(subnet)} too small to allocate from`);
  }
  if (subnet.address !== first) {
    throw wrong(
      'subnet',
      `${text} has host bits set: its network address is ${formatCidr(subnet)}`,
    );
  }
  const valueAt = (key: 'gateway' | 'rangeStart' | 'rangeEnd'): bigint | undefined => {
    const given = written[key];
    if (!given) return undefined;
    const address = parseAddress(given);
    if (address?.family === family) return address.value;
    throw wrong(key, `expected an IPv${family} address, found ${shown(given)}`);
  };
  const edgeAt = (key: 'rangeStart' | 'rangeEnd'): bigint | undefined => {
    const value = valueAt(key);
    if (value === undefined || holds(subnet, { family, value })) return value;
    throw wrong(key, `${written[key]} not in network ${formatCidr(subnet)}`);
  };
  const start = edgeAt('rangeStart') ?? first;
  const end = edgeAt('rangeEnd') ?? last;
  if (start > end) throw wrong('rangeEnd', 'is before rangeStart');
  // Neither end may be an address that names the network or, in IPv4, everybody in it.
  const range = {
    subnet,
    start: start === first ? first + 1n : start,
    end: end === last && family === 4 ? last - 1n : end,
    gateway: valueAt('gateway') ?? first + 1n,
  };
  if (range.start <= range.end) return range;
  throw wrong('rangeEnd', "the range is only the network's own address, or the broadcast address");
}

/** A text as a problem names it: no more than the start of a long one. */
export function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

/** The range of a set that an address lies in. */
export function rangeFor(set: RangeSet, address: Address): Range | undefined {
  return set.find((range) => isIn(range, address));
}

function isIn({ end, start, subnet }: Range, { family, value }: Address): boolean {
  return subnet.family === family && start <= value && value <= end;
}

/** The same for many addresses: a set of many ranges is not walked through for each of them. */
export function rangeFinder(set: RangeSet): (address: Address) => Range | undefined {
  // No address is in two of them: the last that starts before an address, or with it, is the one.
  const sorted = set.toSorted((one, other) => (one.start < other.start ? -1 : 1));
  return (address) => {
    let [from, to] = [0, sorted.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const range = sorted[middle];
      if (range && range.start <= address.value) from = middle + 1;
      else to = middle;
    }
    const range = sorted[from - 1];
    return range && isIn(range, address) ? range : undefined;
  };
}

/**
 * Two ranges of a list that have an address in common, by their places in it; undefined when no two
 * do. Sorted first: to compare each with each would take minutes for many thousand ranges.
 */
export function overlapping(ranges: readonly Range[]): readonly [number, number] | undefined {
  const sorted = [...ranges.entries()].sort(([, a], [, b]) => {
    if (a.subnet.family !== b.subnet.family) return a.subnet.family - b.subnet.family;
    return a.start < b.start ? -1 : Number(a.start > b.start);
  });
  for (const [at, [index, range]] of sorted.entries()) {
    const [nextIndex, next] = sorted[at + 1] ?? [];
    if (nextIndex === undefined || !next || next.subnet.family !== range.subnet.family) continue;
    // Neighbours are enough: as long as none overlaps, ends rise as starts do.
    if (next.start <= range.end) return index < nextIndex ? [index, nextIndex] : [nextIndex, index];
  }
  return undefined;
}

/** A set as an error names it: `10.244.1.1-10.244.1.254,…`. */
export function describeSet(set: RangeSet): string {
  const text = (range: Range, value: bigint) =>
    formatAddress({ family: range.subnet.family, value });
  return set.map((range) => `${text(range, range.start)}-${text(range, range.end)}`).join(',');
}
