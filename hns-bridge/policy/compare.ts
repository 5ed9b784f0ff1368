import { canonicalAddress, formatCidr, parseCidr } from '../../cni/address.ts';
import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { field } from '../json-document.ts';
import { type Policy, unknownKeys, unknownSettings } from './policy.ts';
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

/**
 * Tells of policies whether one of these is the same. There may be thousands of either: those that can be
 * it are found by the rarest of the settings that are asked for, not one by one.
 */
export function policyMatcher(found: readonly Policy[]): (wanted: Policy) => boolean {
  const having = new Map<string, Policy[]>();
  for (const policy of found) {
    const { Settings, written } = policy;
    for (const setting of settingsOf(policy, Settings, written?.settings)) {
      const others = having.get(setting);
      if (others) others.push(policy);
      else having.set(setting, [policy]);
    }
  }
  const verdicts = new Map<string, boolean>();
  return (wanted) => {
    const asked = settingsOf(wanted, indispensable(wanted), unknownSettings(wanted));
    const key = settingsOf(wanted, wanted.Settings, unknownSettings(wanted)).join('\n');
    const known = verdicts.get(key);
    if (known !== undefined) return known;
    const candidates = asked
      .map((setting) => having.get(setting) ?? [])
      .reduce((fewest, other) => (other.length < fewest.length ? other : fewest));
    const verdict = candidates.some((other) => samePolicy(wanted, other));
    verdicts.set(key, verdict);
    return verdict;
  };
}

/** The settings that HNS does not leave out when it shows a policy that has them. */
function indispensable(wanted: Policy): JsonObject {
  const type = policyType(wanted.Type);
  if (!type) return wanted.Settings;
  const shown = type.keys.filter(({ leftOut }) => !leftOut);
  return Object.fromEntries(shown.map((key) => [key.name, said(key, wanted)]));
}

/** The type of a policy and each of its settings with its value, as texts that are equal for what is the same. */
function settingsOf(
  { Type }: Policy,
  read: JsonObject,
  written: JsonObject = {},
): readonly [string, ...string[]] {
  const type = Type.toLowerCase();
  const texts = (where: string, settings: JsonObject) =>
    Object.entries(settings)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => JSON.stringify([type, where, name.toLowerCase(), normal(value)]));
  return [type, ...texts('read', read), ...texts('written', written)];
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
