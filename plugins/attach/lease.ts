import type { IpConfig, Result, Route } from '../../cni/result.ts';

const isAnywhere = (dst: string) => dst === '0.0.0.0/0' || dst === '::/0';

/** The addresses of IPAM's answer. A gateway that only its default route names is theirs too. */
export function leasedIps({ ips, routes }: Pick<Result, 'ips' | 'routes'>): readonly IpConfig[] {
  return ips.map((ip) => {
    if (ip.gateway !== undefined) return ip;
    const six = ip.address.includes(':');
    const route = routes.find(
      ({ dst, gw }) => gw !== undefined && isAnywhere(dst) && dst.includes(':') === six,
    );
    return route?.gw === undefined ? ip : { ...ip, gateway: route.gw };
  });
}

/** The routes of IPAM's answer that an endpoint does not get: it has its default route, as ever. */
export function unusedRoutes({ routes }: Pick<Result, 'routes'>): readonly Route[] {
  return routes.filter(({ dst }) => !isAnywhere(dst));
}
