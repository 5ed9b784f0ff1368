import type { Dns } from '../../cni/result.ts';
import type { EndpointDns } from '../../hns-bridge/model.ts';

/** DNS settings as HNS takes them. */
export function endpointDns(dns: Dns): EndpointDns {
  return {
    servers: dns.nameservers ?? [],
    search: dns.search ?? [],
    options: dns.options ?? [],
    ...(dns.domain === undefined ? {} : { domain: dns.domain }),
  };
}

/** DNS settings, where there are none those of IPAM, field by field. */
export function filledDns(dns: Dns, ipam: Dns): Dns {
  const filled = (list: readonly string[] | undefined) => (list?.length ? list : undefined);
  const domain = dns.domain ?? ipam.domain;
  return {
    nameservers: filled(dns.nameservers) ?? ipam.nameservers ?? [],
    search: filled(dns.search) ?? ipam.search ?? [],
    options: filled(dns.options) ?? ipam.options ?? [],
    ...(domain === undefined ? {} : { domain }),
  };
}

/** DNS settings of an endpoint as a CNI result says them. */
export function resultDns(dns: EndpointDns): Dns {
  return {
    nameservers: dns.servers,
    search: dns.search,
    options: dns.options,
    ...(dns.domain === undefined ? {} : { domain: dns.domain }),
  };
}
