import type { Dns } from '../../cni/result.ts';
import type { DnsDocument } from '../../hns-bridge/documents.ts';
import { defined } from '../../system/defined.ts';
import type { From, Reasons } from './from.ts';

/** DNS settings as HNS takes them: each field from the first place that says something. */
export function dnsDocument(places: readonly From<Dns>[]): {
  readonly dns: DnsDocument;
  readonly reasons: Reasons;
} {
  // A list without entries says nothing, nor does an empty text.
  const first = <Field extends keyof Dns>(field: Field): From<Dns[Field]> | undefined =>
    places
      .map(({ from, value }) => ({ from, value: value[field] }))
      .find(({ value }) => (value?.length ?? 0) > 0);
  const found = {
    Domain: first('domain'),
    Search: first('search'),
    ServerList: first('nameservers'),
    Options: first('options'),
  };
  const { Domain, Options, Search, ServerList } = found;
  return {
    dns: defined({
      Domain: Domain?.value,
      Search: Search?.value,
      ServerList: ServerList?.value,
      Options: Options?.value,
    }),
    reasons: Object.fromEntries(
      Object.entries(found).flatMap(([key, place]) => (place ? [[`Dns.${key}`, place.from]] : [])),
    ),
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
