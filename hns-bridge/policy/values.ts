import {
  bits,
  canonicalAddress,
  cidrOf,
  formatCidr,
  parseAddress,
  parseCidr,
} from '../../cni/address.ts';

/**
 * What is wrong with a policy. The message begins with the key it is about (`DestinationPrefix: …`);
 * which policy of a list it is, the caller knows.
 */
export class PolicyError extends Error {
  readonly kind = 'policy-invalid';
  /** The key that is wrong; `Type` when a dialect does not have the policy at all. */
  readonly field: string;
  readonly problem: string;
  readonly details: string;

  constructor(key: string, problem: string, details = '') {
    super(`${key}: ${problem}`);
    this.name = 'PolicyError';
    this.field = key;
    this.problem = problem;
    this.details = details;
  }
}

/**
 * Reads the value of a key in every form operators write it in, into the form V2 takes it in;
 * undefined says the same as leaving the key out. Throws PolicyError, naming the key.
 */
export type ValueReader = (key: string, value: unknown) => unknown;

/** A value as an error shows it: the start of it. */
function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80);
}

const unfilled = 'it is empty; was a template left unfilled?';

/** A whole number from 0 to `max`, which may be written as a text; 0 says nothing. */
export function numberUpTo(max: number): ValueReader {
  return (key, value) => readNumber(key, value, max) || undefined;
}

/** A whole number from 0 to `max`, of which 0 is one like the others. */
export function numberFrom0(max: number): ValueReader {
  return (key, value) => readNumber(key, value, max);
}

/** A port that must be there. */
export const requiredPort: ValueReader = (key, value) => {
  const port = readNumber(key, value, 65_535);
  if (port) return port;
  throw new PolicyError(key, 'expected the port of the pod');
};

function readNumber(key: string, value: unknown, max: number): number | undefined {
  if (value === undefined || value === '') return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= max) {
    return number;
  }
  throw new PolicyError(key, `expected a number from 0 to ${max}, found ${shown(value)}`);
}

/** A value as a text. An object has none: one with a key `toString` cannot even be asked for it. */
function inText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** True, which V1's tools write as a text too; false says nothing. */
export const flag: ValueReader = (key, value = false) => {
  const text = inText(value).toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true' || undefined;
  throw new PolicyError(key, `expected true or false, found ${shown(value)}`);
};

/** An address in its canonical form. */
export const address: ValueReader = (key, value = '') => {
  if (value === '') return undefined;
  const found = typeof value === 'string' ? canonicalAddress(value) : undefined;
  if (found !== undefined) return found;
  throw new PolicyError(key, `expected an IP address, found ${shown(value)}`);
};

/** An address that must be there. */
export const requiredAddress: ValueReader = (key, value) => {
  const found = address(key, value);
  if (found !== undefined) return found;
  throw new PolicyError(key, 'expected an IP address, found nothing');
};

/** A CIDR that must be there, host bits cleared. */
export const requiredCidr: ValueReader = (key, value = '') => {
  if (value === '') throw new PolicyError(key, unfilled);
  const cidr = typeof value === 'string' ? parseCidr(value) : undefined;
  if (cidr) return formatCidr(cidr);
  throw new PolicyError(key, `expected a CIDR, found ${shown(value)}`);
};

/** CIDRs, host bits cleared, an address as a block of one: a list, or a text with commas. */
export const blocks: ValueReader = (key, value) =>
  entriesOf(value).map((entry) => canonicalBlock(entryText(key, entry)) ?? notBlock(key, entry));

/** Addresses or CIDRs, as they were written: a list, or a text with commas. None says nothing. */
export const addresses: ValueReader = (key, value) => {
  const list = entriesOf(value).map((entry) => {
    const text = entryText(key, entry);
    return canonicalBlock(text) === undefined ? notBlock(key, entry) : text;
  });
  return list.length > 0 ? list : undefined;
};

function entriesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === '' ? [] : inText(value).split(',');
}

function entryText(key: string, entry: unknown): string {
  if (entry === '') throw new PolicyError(key, unfilled);
  return typeof entry === 'string' ? entry.trim() : '';
}

function canonicalBlock(text: string): string | undefined {
  const host = parseAddress(text);
  const cidr = host ? cidrOf(host, bits(host.family)) : parseCidr(text);
  return cidr && formatCidr(cidr);
}

function notBlock(key: string, entry: unknown): never {
  throw new PolicyError(
    key,
    `${shown(entry)} is not a CIDR`,
    'write blocks of addresses as 10.244.0.0/16',
  );
}

/** A text, a number or a list of them as one text with commas, as HNS writes ports and addresses. */
export const joined: ValueReader = (key, value = '') => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.every((entry) => typeof entry === 'string' || typeof entry === 'number')) {
    return list.join(',') || undefined;
  }
  throw new PolicyError(key, `expected a text, found ${shown(value)}`);
};

/** One of several words, in any letter case. */
export function oneOf(...choices: readonly string[]): ValueReader {
  return (key, value) => {
    const text = typeof value === 'string' ? value.toLowerCase() : undefined;
    const found = choices.find((choice) => choice.toLowerCase() === text);
    if (found !== undefined) return found;
    throw new PolicyError(key, `expected one of ${choices.join(', ')}, found ${shown(value)}`);
  };
}

/** Whatever was written. */
export const anything: ValueReader = (_, value) => value;

/** Protocols that have a name in policies, and their IANA numbers. */
const protocolNumbers: ReadonlyMap<string, number> = new Map([
  ['icmpv4', 1],
  ['igmp', 2],
  ['tcp', 6],
  ['udp', 17],
  ['icmpv6', 58],
  ['sctp', 132],
]);

/** A protocol's number by its name, in any letter case, or by its number. Throws PolicyError. */
export function protocolNumber(key: string, value: unknown): number {
  const text = inText(value).trim().toLowerCase();
  const number = protocolNumbers.get(text) ?? protocolAsNumber(text);
  if (number > 0 && number <= 255) return number;
  const names = [...protocolNumbers.keys()].join(', ');
  throw new PolicyError(key, `expected ${names} or a number, found ${shown(value)}`);
}

/** As the reference takes it (Go's strconv): `17`, `0x11`, `0b10001`, `0o21` or `021`. */
function protocolAsNumber(text: string): number {
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^(?:\d+|0x[\da-f]+|0b[01]+|0o[0-7]+)$/.test(text) ? Number(text) : 0;
}

/** One protocol; TCP where nothing is said, as CNI's port mappings have it. */
export const protocol: ValueReader = (key, value = 'tcp') => protocolNumber(key, value);

/** Protocols by name or number, as one text of numbers with commas. */
export const protocols: ValueReader = (key, value) => {
  const text = joined(key, value);
  if (typeof text !== 'string') return undefined;
  return text
    .split(',')
    .map((entry) => (/^\d+$/.test(entry) ? entry : protocolNumber(key, entry)))
    .join(',');
};

/** V1's name for a protocol; a number has no other name there. */
export function protocolName(number: unknown): string {
  const entry = [...protocolNumbers].find(([, value]) => value === number);
  return entry?.[0].toUpperCase() ?? String(number);
}
