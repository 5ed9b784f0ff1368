import type { EndpointDns } from '../../hns-bridge/model.ts';
import type { Dns } from '../cni/result.ts';

/** DNS settings as HNS takes them. */
export function endpointDns(dns: Dns): EndpointDns {
  return {
    servers: dns.nameservers ?? [],
    search: dns.search ?? [],
    options: dns.options ?? [],
    ...(dns.domain === undefined ? {} : { domain: dns.domain }),
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
