import type { Dns } from '../../cni/result.ts';
import type { DnsDocument } from '../../hns-bridge/documents.ts';
import { defined } from '../../system/defined.ts';
import type { Placed } from './config.ts';
import type { Reasons } from './reasons.ts';

const fields = [
  ['ServerList', 'nameservers'],
  ['Search', 'search'],
  ['Options', 'options'],
  ['Domain', 'domain'],
] as const;

/** DNS settings as HNS takes them: each field from the first place that says something. */
export function dnsDocument(places: readonly Placed<Dns>[]): {
  readonly dns: DnsDocument;
  readonly reasons: Reasons;
} {
  const found = fields.flatMap(([key, name]) => {
    // A list without entries says nothing, nor does an empty text.
    const place = places.find(({ value }) => (value[name]?.length ?? 0) > 0);
    return place ? [{ key, value: place.value[name], reason: place.path }] : [];
  });
  return {
    dns: Object.fromEntries(found.map(({ key, value }) => [key, value])),
    reasons: Object.fromEntries(found.map(({ key, reason }) => [`Dns.${key}`, reason])),
  };
}

/** DNS settings of an endpoint as a CNI result says them. */
export function resultDns(dns: DnsDocument = {}): Dns {
  return defined({
    nameservers: dns.ServerList ?? [],
    search: dns.Search ?? [],
    options: dns.Options ?? [],
    domain: dns.Domain,
  });
}
