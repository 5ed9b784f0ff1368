import { defined } from '../system/defined.ts';
import type { JsonObject } from './json-object.ts';
import type { Dns, Interface, IpConfig, Result } from './result.ts';
import { atLeast, type SpecVersion } from './versions.ts';

/** A result in the shape of a version: SPEC.md, section 5, and those of the versions before. */
export function printResult(result: Result, version: SpecVersion): JsonObject {
  return atLeast(version, '0.3.0') ? listShape(result, version) : familyShape(result, version);
}

/**
 * 0.3.0 and up: lists of interfaces and addresses; up to 0.4.0 each address names its family. What a route
 * has beside its destination and gateway came with 1.1.0, and the reference prints it in each of these.
 */
function listShape(result: Result, version: SpecVersion): JsonObject {
  const namesFamily = !atLeast(version, '1.0.0');
  const full = atLeast(version, '1.1.0');
  return defined({
    cniVersion: version,
    interfaces: unlessEmpty(result.interfaces.map((entry) => printInterface(entry, full))),
    ips: unlessEmpty(
      result.ips.map((ip) => defined({ version: namesFamily ? familyOf(ip) : undefined, ...ip })),
    ),
    routes: unlessEmpty(result.routes),
    dns: namesFamily ? printDns(result.dns) : unlessNothing(printDns(result.dns)),
  });
}

/** 0.1.0 and 0.2.0: one address a family, the routes of the family with it. */
function familyShape(result: Result, version: SpecVersion): JsonObject {
  const shape = (family: '4' | '6') => {
    const ip = result.ips.find((entry) => familyOf(entry) === family);
    const routes = result.routes
      .filter(({ dst }) => dst.includes(':') === (family === '6'))
      .map(({ dst, gw }) => defined({ dst, gw }));
    return ip && defined({ ip: ip.address, gateway: ip.gateway, routes: unlessEmpty(routes) });
  };
  return defined({
    cniVersion: version,
    ip4: shape('4'),
    ip6: shape('6'),
    dns: printDns(result.dns),
  });
}

/** A list, or nothing where there is nothing to list (as Go's omitempty does). */
function unlessEmpty<Entry>(list: readonly Entry[] = []): readonly Entry[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** The same of an object: from 1.0.0 on, as libcni's types have it. */
function unlessNothing(object: JsonObject): JsonObject | undefined {
  return Object.keys(object).length > 0 ? object : undefined;
}

function familyOf(ip: IpConfig): '4' | '6' {
  return ip.address.includes(':') ? '6' : '4';
}

function printInterface(entry: Interface, full: boolean): JsonObject {
  const { mtu, socketPath, pciID, ...since030 } = entry;
  return full ? { ...entry } : since030;
}

function printDns({ domain, nameservers, options, search }: Dns): JsonObject {
  return defined({
    nameservers: unlessEmpty(nameservers),
    domain: domain || undefined,
    search: unlessEmpty(search),
    options: unlessEmpty(options),
  });
}
