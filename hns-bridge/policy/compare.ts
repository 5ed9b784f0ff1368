import { canonicalAddress, formatCidr, parseCidr } from '../../cni/address.ts';
import { isJsonObject } from '../../cni/json-object.ts';
import { field } from '../json-document.ts';
import { type Policy, unknownKeys } from './policy.ts';
import { policyType } from './types.ts';

/**
 * Whether an endpoint's policy is the one that was asked for: lists in any order, addresses and
 * CIDRs in any notation, words in any letter case. What HNS adds of its own is no difference: settings
 * that the table of types does not know count only where they were asked for.
 */
export function samePolicy(wanted: Policy, found: Policy): boolean {
  if (wanted.Type.toLowerCase() !== found.Type.toLowerCase()) return false;
  const type = policyType(wanted.Type);
  const compared = (type?.keys ?? [])
    .filter(
      ({ filledIn, name }) => wanted.Settings[name] !== undefined || !(filledIn ?? type?.loose),
    )
    .map(({ name }) => name);
  const asked = type ? compared : Object.keys(wanted.Settings);
  return (
    asked.every((name) => same(wanted.Settings[name], field(found.Settings, name))) &&
    unknownKeys(wanted).every((name) =>
      same(wanted.written?.settings[name], field(found.written?.settings ?? {}, name)),
    )
  );
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(normal(one)) === JSON.stringify(normal(other));
}

function normal(value: unknown): unknown {
  if (typeof value === 'string') return normalText(value);
  if (Array.isArray(value)) return value.map((entry) => JSON.stringify(normal(entry))).sort();
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, entry]) => [key.toLowerCase(), normal(entry)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

/** Lists of HNS's are often texts with commas. */
function normalText(text: string): string {
  return text
    .split(',')
    .map((part) => part.trim())
    .map((part) => {
      const cidr = parseCidr(part);
      return cidr ? formatCidr(cidr) : (canonicalAddress(part) ?? part.toLowerCase());
    })
    .sort()
    .join(',');
}

/** A policy in words short enough for a line of an error. */
export function describePolicy({ Settings, Type }: Policy): string {
  const describe = policyType(Type)?.describe;
  return describe ? describe(Settings) : `${Type} ${JSON.stringify(Settings)}`;
}
