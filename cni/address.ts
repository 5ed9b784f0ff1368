import { Address6 } from 'ip-address';

/** An IP address as a number of its family. */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** A block of addresses, and the address it was written with: `10.244.1.5/24`. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly prefixLength: number;
  /** The address as written, host bits and all. */
  readonly address: bigint;
  readonly first: bigint;
  readonly last: bigint;
}

/** Four numbers up to 255, none with a zero in front. */
const dotted = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const colons = /^[0-9a-fA-F.]*:[0-9a-fA-F:.]*$/;
const mapped = 0xffffn << 32n;

/**
 * The address a text says, or undefined. As strict as Go's net.ParseIP: no leading zeros, no zone;
 * an IPv4 address written as IPv6 (`::ffff:10.0.0.1`) is the IPv4 address.
 */
export function parseAddress(text: string): Address | undefined {
  if (dotted.test(text)) return { family: 4, value: BigInt(ipv4Value(text)) };
  if (text.length > 45 || !colons.test(text) || !Address6.isValid(text)) return undefined;
  const value = new Address6(text).bigInt();
  if (value >> 32n === 0xffffn) return { family: 4, value: value - mapped };
  return { family: 6, value };
}

function ipv4Value(text: string): number {
  return text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
}

/** An address in its canonical form (RFC 5952 for IPv6). */
export function formatAddress({ family, value }: Address): string {
  if (family === 6) return Address6.fromBigInt(value).correctForm();
  const number = Number(value);
  return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
}

/** The canonical text of an address, or undefined when it is none. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address && formatAddress(address);
}

/** The block a text in CIDR notation says, or undefined. Host bits may be set. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (!address || !/^(?:0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const prefixLength = Number(length);
  if (prefixLength > bits(address.family)) return undefined;
  return cidrOf(address, prefixLength);
}

/** The block of that prefix length around an address. */
export function cidrOf(address: Address, prefixLength: number): Cidr {
  const host = BigInt(bits(address.family) - prefixLength);
  const first = (address.value >> host) << host;
  return {
    family: address.family,
    prefixLength,
    address: address.value,
    first,
    last: first + (1n << host) - 1n,
  };
}

/** The address a block was written with. */
export function addressOf(cidr: Cidr): Address {
  return { family: cidr.family, value: cidr.address };
}

/** A block in CIDR notation, host bits cleared: `10.244.1.0/24`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress({ family: cidr.family, value: cidr.first })}/${cidr.prefixLength}`;
}

/** The address a block was written with and the block's prefix length: `10.244.1.5/24`. */
export function formatWithPrefix(cidr: Cidr): string {
  return `${formatAddress(addressOf(cidr))}/${cidr.prefixLength}`;
}

/** Whether two addresses are one. */
export function sameAddress(one: Address, other: Address): boolean {
  return one.family === other.family && one.value === other.value;
}

/** Whether an address lies in a block. */
export function holds(cidr: Cidr, address: Address): boolean {
  return (
    cidr.family === address.family && cidr.first <= address.value && address.value <= cidr.last
  );
}

/** The bits of an address of that family. */
export function bits(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

/** Tells of an address whether it is among these, at once however many there are. */
export function oneOf(addresses: readonly Address[]): (address: Address) => boolean {
  const valuesOf = (family: 4 | 6) =>
    new Set(addresses.filter((address) => address.family === family).map(({ value }) => value));
  const known = { 4: valuesOf(4), 6: valuesOf(6) };
  return ({ family, value }) => known[family].has(value);
}
