import { canonicalAddress, parseCidr } from '../cni/address.ts';
import { field, type JsonDocument, textField } from './document.ts';

/**
 * What is wrong with a policy. The message begins with the key it is about (`DestinationPrefix: …`);
 * which policy of a list it is, the caller knows.
 */
export class PolicyError extends Error {
  readonly kind = 'policy-invalid';
  /** The key that is wrong; `Type` when the policy as a whole can't be said. */
  readonly field: string;
  readonly what: string;
  readonly details: string;

  constructor(key: string, what: string, details = '') {
    super(`${key}: ${what}`);
    this.name = 'PolicyError';
    this.field = key;
    this.what = what;
    this.details = details;
  }
}

/** A value as an error shows it: the start of it. */
function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80);
}

const unfilled = 'it is empty; was a template left unfilled?';

/** A whole number from 0 to `max`, or undefined when there is none. Throws PolicyError. */
export function numberOf(settings: JsonDocument, key: string, max: number): number | undefined {
  const value = field(settings, key);
  if (value === undefined || value === '') return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= max) {
    return number;
  }
  throw new PolicyError(key, `expected a number from 0 to ${max}, found ${shown(value)}`);
}

/** True or false; V1's tools write them as texts too. Throws PolicyError. */
export function flagOf(settings: JsonDocument, key: string): boolean {
  const value = field(settings, key) ?? false;
  const text = String(value).toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true';
  throw new PolicyError(key, `expected true or false, found ${shown(value)}`);
}

/** An address in its canonical form, or undefined when there is none. Throws PolicyError. */
export function addressOf(settings: JsonDocument, ...keys: readonly string[]): string | undefined {
  const value = field(settings, ...keys) ?? '';
  if (value === '') return undefined;
  const address = typeof value === 'string' ? canonicalAddress(value) : undefined;
  if (address !== undefined) return address;
  throw new PolicyError(keys[0] ?? '', `expected an IP address, found ${shown(value)}`);
}

/** A CIDR that must be there, as it was written. Throws PolicyError. */
export function cidrTextOf(settings: JsonDocument, key: string): string {
  const value = field(settings, key) ?? '';
  if (value === '') throw new PolicyError(key, unfilled);
  if (typeof value === 'string' && parseCidr(value)) return value;
  throw new PolicyError(key, `expected a CIDR, found ${shown(value)}`);
}

/**
 * Addresses and CIDRs, as they were written (host bits are the caller's affair): a list, or a text
 * with commas. Throws PolicyError.
 */
export function blocksOf(settings: JsonDocument, ...keys: readonly string[]): readonly string[] {
  const value = field(settings, ...keys) ?? [];
  const [key = ''] = keys;
  const list: unknown[] = Array.isArray(value)
    ? value
    : value === ''
      ? []
      : String(value).split(',');
  return list.map((entry) => {
    const text = typeof entry === 'string' ? entry.trim() : '';
    if (entry === '') throw new PolicyError(key, unfilled);
    if (canonicalAddress(text) !== undefined || parseCidr(text)) return text;
    throw new PolicyError(key, `${shown(entry)} is not a CIDR`);
  });
}

/** A text, a number or a list of them as one text with commas, as HNS writes ports and addresses. */
export function joinedOf(settings: JsonDocument, ...keys: readonly string[]): string | undefined {
  const value = field(settings, ...keys) ?? '';
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.every((entry) => typeof entry === 'string' || typeof entry === 'number')) {
    return list.join(',') || undefined;
  }
  throw new PolicyError(keys[0] ?? '', `expected a text, found ${shown(value)}`);
}

/** One of several words, in any letter case. Throws PolicyError. */
export function choiceOf<const Choice extends string>(
  settings: JsonDocument,
  key: string,
  choices: readonly Choice[],
): Choice {
  const text = textField(settings, key)?.toLowerCase();
  const found = choices.find((entry) => entry.toLowerCase() === text);
  if (found) return found;
  throw new PolicyError(
    key,
    `expected one of ${choices.join(', ')}, found ${shown(field(settings, key))}`,
  );
}

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
  const text = String(value).trim().toLowerCase();
  const number = protocolNumbers.get(text) ?? (/^\d{1,3}$/.test(text) ? Number(text) : 0);
  if (number > 0 && number <= 255) return number;
  const names = [...protocolNumbers.keys()].join(', ');
  throw new PolicyError(key, `expected ${names} or a number, found ${shown(value)}`);
}

/** V1's name for a protocol; a number has no other name there. */
export function protocolName(number: number): string {
  const entry = [...protocolNumbers].find(([, value]) => value === number);
  return entry?.[0].toUpperCase() ?? String(number);
}
