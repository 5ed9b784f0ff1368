import {
  type Address,
  bits,
  type Cidr,
  cidrOf,
  formatAddress,
  formatCidr,
  holds,
  parseAddress,
  parseCidr,
} from '../../cni/address.ts';

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

/** What is wrong with a range, in words, and with which of its keys; the caller says which range. */
export class RangeComplaint extends Error {
  readonly key: keyof WrittenRange;

  constructor(key: keyof WrittenRange, complaint: string) {
    super(complaint);
    this.key = key;
  }
}

/**
 * A range with everything filled in, by the rules of the reference: the gateway is the first
 * address, the range reaches from the first address to the last one that is no broadcast address.
 * Throws RangeComplaint.
 */
export function readRange(written: WrittenRange): Range {
  const text = written.subnet ?? '';
  const subnet = parseCidr(text);
  if (!subnet) {
    throw new RangeComplaint(
      'subnet',
      `expected a CIDR, found ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
  const { family, first, last } = subnet;
  if (subnet.prefixLength > bits(family) - 2) {
    throw new RangeComplaint('subnet', `network ${formatCidr(subnet)} too small to allocate from`);
  }
  if (subnet.address !== first) {
    throw new RangeComplaint(
      'subnet',
      `${text} has host bits set: its network address is ${formatCidr(subnet)}`,
    );
  }
  const start = inSubnet(subnet, 'rangeStart', written.rangeStart) ?? first;
  const end = inSubnet(subnet, 'rangeEnd', written.rangeEnd) ?? last;
  if (start > end) throw new RangeComplaint('rangeEnd', 'is before rangeStart');
  // Neither end may be an address that names the network or, in IPv4, everybody in it.
  const range = {
    subnet,
    start: start === first ? first + 1n : start,
    end: end === last && family === 4 ? last - 1n : end,
    gateway: ofFamily(subnet, 'gateway', written.gateway) ?? first + 1n,
  };
  if (range.start <= range.end) return range;
  throw new RangeComplaint(
    'rangeEnd',
    "the range is only the network's own address, or the broadcast address",
  );
}

function ofFamily(
  subnet: Cidr,
  key: keyof WrittenRange,
  text: string | undefined,
): bigint | undefined {
  if (text === undefined || text === '') return undefined;
  const address = parseAddress(text);
  if (!address || address.family !== subnet.family) {
    throw new RangeComplaint(
      key,
      `expected an IPv${subnet.family} address, found ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
  return address.value;
}

function inSubnet(
  subnet: Cidr,
  key: keyof WrittenRange,
  text: string | undefined,
): bigint | undefined {
  const value = ofFamily(subnet, key, text);
  if (value === undefined || holds(subnet, { family: subnet.family, value })) return value;
  throw new RangeComplaint(key, `${text} not in network ${formatCidr(subnet)}`);
}

/** The range of a set that an address lies in. */
export function rangeFor(set: RangeSet, address: Address): Range | undefined {
  return set.find(
    ({ start, end, subnet }) =>
      subnet.family === address.family && start <= address.value && address.value <= end,
  );
}

/**
 * Two ranges of a list that have an address in common, by their places in it; undefined when no two
 * do. Sorted first: a list of many thousand ranges must not take a runtime's patience.
 */
export function overlapping(ranges: readonly Range[]): readonly [number, number] | undefined {
  const sorted = [...ranges.entries()].sort(([, a], [, b]) => {
    if (a.subnet.family !== b.subnet.family) return a.subnet.family - b.subnet.family;
    return a.start < b.start ? -1 : Number(a.start > b.start);
  });
  for (const [at, [index, range]] of sorted.entries()) {
    const [nextIndex, next] = sorted[at + 1] ?? [];
    if (nextIndex === undefined || !next || next.subnet.family !== range.subnet.family) continue;
    // Neighbours tell: while none overlaps, ends rise as starts do.
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

/** An address of a range with the prefix length of its subnet. */
export function withPrefix(range: Range, value: bigint): string {
  const { family, prefixLength } = cidrOf(
    { family: range.subnet.family, value },
    range.subnet.prefixLength,
  );
  return `${formatAddress({ family, value })}/${prefixLength}`;
}
