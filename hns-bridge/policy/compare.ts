import { canonicalAddress, formatCidr, parseCidr } from '../../cni/address.ts';
import { isJsonObject } from '../../cni/json-object.ts';
import { field } from '../json-document.ts';
import { type Policy, unknownKeys } from './policy.ts';
import { type PolicyKey, type PolicyType, policyType } from './types.ts';

/**
 * Whether an endpoint's policy is the one that was asked for: lists in any order, addresses and
 * CIDRs in any notation, words in any letter case. What HNS adds of its own is no difference: settings
 * that the table of types does not know count only where they were asked for.
 */
export function samePolicy(wanted: Policy, found: Policy): boolean {
  if (wanted.Type.toLowerCase() !== found.Type.toLowerCase()) return false;
  const type = policyType(wanted.Type);
  const asked = type
    ? type.keys.filter((key) => isCompared(type, key, wanted, found))
    : Object.keys(wanted.Settings).map((name): Compared => ({ name }));
  return (
    asked.every((key) => same(said(key, wanted), said(key, found))) &&
    unknownKeys(wanted).every((name) =>
      same(wanted.written?.settings[name], field(found.written?.settings ?? {}, name)),
    )
  );
}

type Compared = Pick<PolicyKey, 'name' | 'nothing'>;

/** What a policy says of a key; undefined where that says no more than leaving it out. */
function said({ name, nothing }: Compared, { Settings }: Policy): unknown {
  const value = field(Settings, name);
  return nothing?.some((unsaid) => unsaid === value) ? undefined : value;
}

/** HNS adds settings of its own, and leaves out what counts as nothing. */
function isCompared(type: PolicyType, key: PolicyKey, wanted: Policy, found: Policy): boolean {
  if (wanted.Settings[key.name] === undefined) return !(key.filledIn ?? type.loose);
  return !(key.leftOut && field(found.Settings, key.name) === undefined);
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
