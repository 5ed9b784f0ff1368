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
} from '../../plugins/cni/address.ts';

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

/** What is wrong with a range, in words; the caller says which range. */
export class RangeComplaint extends Error {}

/**
 * A range with everything filled in, by the rules of the reference: the gateway is the first
 * address, the range reaches from the first address to the last one that is no broadcast address.
 * Throws RangeComplaint.
 */
export function readRange(written: WrittenRange): Range {
  const text = written.subnet ?? '';
  const subnet = parseCidr(text);
  if (!subnet) throw new RangeComplaint(`subnet: expected a CIDR, found ${JSON.stringify(text)}`);
  if (subnet.prefixLength > bits(subnet.family) - 2) {
    throw new RangeComplaint(`network ${formatCidr(subnet)} too small to allocate from`);
  }
  if (subnet.address !== subnet.first) {
    throw new RangeComplaint(
      `subnet ${text} has host bits set: its network address is ${formatCidr(subnet)}`,
    );
  }
  const broadcast = subnet.family === 4 ? 1n : 0n;
  const start = inSubnet(subnet, 'rangeStart', written.rangeStart) ?? subnet.first + 1n;
  const end = inSubnet(subnet, 'rangeEnd', written.rangeEnd) ?? subnet.last - broadcast;
  if (start > end) throw new RangeComplaint('rangeStart is after rangeEnd');
  return {
    subnet,
    // Neither end may be an address that names the network or everybody in it.
    start: start === subnet.first ? start + 1n : start,
    end: end === subnet.last ? end - broadcast : end,
    gateway: ofFamily(subnet, 'gateway', written.gateway) ?? subnet.first + 1n,
  };
}

function ofFamily(subnet: Cidr, key: string, text: string | undefined): bigint | undefined {
  if (text === undefined || text === '') return undefined;
  const address = parseAddress(text);
  if (!address || address.family !== subnet.family) {
    throw new RangeComplaint(
      `${key}: expected an IPv${subnet.family} address, found ${JSON.stringify(text)}`,
    );
  }
  return address.value;
}

function inSubnet(subnet: Cidr, key: string, text: string | undefined): bigint | undefined {
  const value = ofFamily(subnet, key, text);
  if (value === undefined || holds(subnet, { family: subnet.family, value })) return value;
  throw new RangeComplaint(`${key} ${text} not in network ${formatCidr(subnet)}`);
}

/** The range of a set that an address lies in. */
export function rangeFor(set: RangeSet, address: Address): Range | undefined {
  return set.find(
    ({ start, end, subnet }) =>
      subnet.family === address.family && start <= address.value && address.value <= end,
  );
}

/** Whether two sets have an address in common. */
export function overlap(one: RangeSet, other: RangeSet): boolean {
  return one.some((a) =>
    other.some((b) => a.subnet.family === b.subnet.family && a.start <= b.end && b.start <= a.end),
  );
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
