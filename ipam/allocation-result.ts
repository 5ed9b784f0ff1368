import {
  type Address,
  addressOf,
  type Cidr,
  formatAddress,
  formatWithPrefix,
  parseAddress,
  parseCidr,
} from '../cni/address.ts';
import { isAnywhere } from '../cni/default-route.ts';
import { CniError, code } from '../cni/error.ts';
import type { IpConfig, Result, Route } from '../cni/result.ts';
import { defined } from '../system/defined.ts';
import type { AllocatedIp, AllocatedRoute, Allocation } from './allocation.ts';

/**
 * The result of an IPAM executable, its texts read. Throws code 121 for an address, a gateway or a
 * route that is none, as the reference does when it decodes a result.
 */
export function readAllocation(result: Result): Allocation {
  const routes = result.routes.map(readRoute);
  const ips = result.ips.map((ip) => readIp(ip, routes));
  return { ips, routes, dns: result.dns, allocated: ips.map(({ cidr }) => addressOf(cidr)) };
}

/** Versions before 0.3.0 put the gateway in the default route alone: it is the address's gateway too. */
function readIp({ address, gateway }: IpConfig, routes: readonly AllocatedRoute[]): AllocatedIp {
  const cidr = cidrIn(address, 'an address');
  const ofRoute = routes.find(
    ({ destination, nextHop }) =>
      nextHop && isAnywhere(destination) && destination.family === cidr.family,
  );
  return defined({
    cidr,
    gateway: gateway === undefined ? ofRoute?.nextHop : addressIn(gateway, 'a gateway'),
  });
}

function readRoute({ dst, gw, ...rest }: Route): AllocatedRoute {
  return defined({
    ...rest,
    destination: cidrIn(dst, "a route's destination"),
    nextHop: gw === undefined ? undefined : addressIn(gw, "a route's gateway"),
  });
}

function cidrIn(text: string, what: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr) return cidr;
  throw unreadable(`${what} that is not in CIDR notation`, text);
}

function addressIn(text: string, what: string): Address {
  const address = parseAddress(text);
  if (address) return address;
  throw unreadable(`${what} that is no IP address`, text);
}

function unreadable(what: string, text: string): CniError {
  return new CniError(code.delegateFailed, `IPAM answered ${what}: ${JSON.stringify(text)}`);
}

/** What IPAM gave, as an IPAM executable answers it: a result without interfaces. */
export function toResult({ dns, ips, routes }: Allocation): Result {
  return { interfaces: [], ips: ips.map(toIp), routes: routes.map(toRoute), dns };
}

function toIp({ cidr, gateway }: AllocatedIp): IpConfig {
  return defined({
    address: formatWithPrefix(cidr),
    gateway: gateway && formatAddress(gateway),
  });
}

function toRoute({ destination, nextHop, ...rest }: AllocatedRoute): Route {
  const gw = nextHop && formatAddress(nextHop);
  return defined({ dst: formatWithPrefix(destination), gw, ...rest });
}
