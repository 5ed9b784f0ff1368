import { canonicalAddress, formatCidr, parseCidr } from '../cni/address.ts';
import { field, isDocument, type JsonDocument } from './document.ts';
import type { EndpointPolicy } from './model.ts';

/** What HNS fills in by itself where nothing was asked for. */
const filledIn: readonly string[] = ['ruleType', 'priority'];

/**
 * Whether an endpoint's policy is the one that was asked for: lists in any order, addresses and
 * CIDRs in any notation, words in any letter case. What HNS adds of its own is no difference: the
 * settings that the model has no words for count only where they were asked for.
 */
export function samePolicy(wanted: EndpointPolicy, found: EndpointPolicy): boolean {
  const { extra, kind, ...known } = wanted;
  const { extra: foundExtra, kind: foundKind, ...foundKnown } = found;
  if (kind !== foundKind || !holdsAll(extra?.settings ?? {}, foundExtra?.settings ?? {})) {
    return false;
  }
  if (wanted.kind === 'other' && found.kind === 'other') {
    return same(wanted.type, found.type) && holdsAll(wanted.settings, found.settings);
  }
  const keys = Object.keys(foundKnown).filter((key) => !filledIn.includes(key));
  return holdsAll(known, foundKnown) && keys.every((key) => key in known);
}

function holdsAll(wanted: JsonDocument, found: JsonDocument): boolean {
  return Object.entries(wanted).every(([key, value]) => same(value, field(found, key)));
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(normal(one)) === JSON.stringify(normal(other));
}

function normal(value: unknown): unknown {
  if (typeof value === 'string') return normalText(value);
  if (Array.isArray(value)) return value.map((entry) => JSON.stringify(normal(entry))).sort();
  if (!isDocument(value)) return value;
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
export function describePolicy(policy: EndpointPolicy): string {
  switch (policy.kind) {
    case 'outbound-nat':
      return policy.destinations.length > 0
        ? `OutBoundNAT with destinations ${policy.destinations.join(', ')}`
        : `OutBoundNAT except ${policy.exceptions.join(', ') || 'nothing'}`;
    case 'route':
      return `route to ${policy.destination}${policy.needEncap ? ', encapsulated' : ''}`;
    case 'provider-address':
      return `provider address ${policy.address}`;
    case 'port-mapping':
      return `port mapping ${policy.vip ?? ''}:${policy.externalPort} to ${policy.internalPort}, protocol ${policy.protocol}`;
    case 'acl':
      return `ACL ${policy.action} ${policy.direction} ${policy.protocols ?? 'any protocol'} ports ${policy.localPorts ?? 'any'}`;
    case 'other':
      return `${policy.type} ${JSON.stringify(policy.settings)}`;
  }
}
