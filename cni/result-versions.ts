import { CniError, code } from './error.ts';
import { isJsonObject, keyValue } from './keys.ts';
import type { Call, JsonObject } from './plugin.ts';
import type { Dns, Interface, IpConfig, Result, Route } from './result.ts';
import { atLeast, isSpecVersion, type SpecVersion } from './versions.ts';

/** A result in the shape of a version: SPEC.md, section 5, and those of the versions before. */
export function printResult(result: Result, version: SpecVersion): JsonObject {
  return atLeast(version, '0.3.0') ? listShape(result, version) : familyShape(result, version);
}

/** 0.3.0 and up: lists of interfaces and addresses; up to 0.4.0 each address names its family. */
function listShape(result: Result, version: SpecVersion): JsonObject {
  const named = !atLeast(version, '1.0.0');
  const full = atLeast(version, '1.1.0');
  return {
    cniVersion: version,
    ...listed(
      'interfaces',
      result.interfaces.map((entry) => printInterface(entry, full)),
    ),
    ...listed(
      'ips',
      result.ips.map((ip) => ({ ...(named ? { version: family(ip) } : {}), ...ip })),
    ),
    ...listed(
      'routes',
      result.routes.map((route) => printRoute(route, full)),
    ),
    dns: printDns(result.dns),
  };
}

/** 0.1.0 and 0.2.0: one address a family, the routes of the family with it. */
function familyShape(result: Result, version: SpecVersion): JsonObject {
  const shape = (wanted: '4' | '6') => {
    const ip = result.ips.find((entry) => family(entry) === wanted);
    if (!ip) return {};
    const routes = result.routes
      .filter(({ dst }) => dst.includes(':') === (wanted === '6'))
      .map((route) => printRoute(route, false));
    return {
      [`ip${wanted}`]: {
        ip: ip.address,
        ...(ip.gateway === undefined ? {} : { gateway: ip.gateway }),
        ...listed('routes', routes),
      },
    };
  };
  return { cniVersion: version, ...shape('4'), ...shape('6'), dns: printDns(result.dns) };
}

/** A key with a list, left out when there is nothing to list (as Go's omitempty does). */
function listed(key: string, list: readonly unknown[]): JsonObject {
  return list.length > 0 ? { [key]: list } : {};
}

function family(ip: IpConfig): '4' | '6' {
  return ip.address.includes(':') ? '6' : '4';
}

function printInterface(entry: Interface, full: boolean): JsonObject {
  const { mtu, socketPath, pciID, ...since030 } = entry;
  return full ? { ...entry } : since030;
}

function printRoute(route: Route, full: boolean): JsonObject {
  if (full) return { ...route };
  return { dst: route.dst, ...(route.gw === undefined ? {} : { gw: route.gw }) };
}

function printDns(dns: Dns): JsonObject {
  return {
    ...listed('nameservers', dns.nameservers ?? []),
    ...(dns.domain ? { domain: dns.domain } : {}),
    ...listed('search', dns.search ?? []),
    ...listed('options', dns.options ?? []),
  };
}

/**
 * Reads a result of any version: the shape decides, for not every plugin says its version. Throws
 * code 6 for what is no result.
 */
export function readResult(value: unknown): Result {
  if (!isJsonObject(value)) throw unreadable('a result', value);
  const version = keyValue(value, 'cniVersion');
  if (typeof version === 'string' && version !== '' && !isSpecVersion(version)) {
    throw new CniError(code.incompatibleVersion, `a result of unknown version ${version}`);
  }
  const ips = entries(value, 'ips').map(readIp);
  const families = (['ip4', 'ip6'] as const).flatMap((key) => {
    const entry = keyValue(value, key);
    return entry === undefined ? [] : [readFamily(entry)];
  });
  return {
    interfaces: entries(value, 'interfaces').map(readInterface),
    ips: [...ips, ...families.map(({ ip }) => ip)],
    routes: [
      ...entries(value, 'routes').map(readRoute),
      ...families.flatMap(({ routes }) => routes),
    ],
    dns: readDns(keyValue(value, 'dns')),
  };
}

/** The result of an earlier plugin or command, when the runtime gave one. Throws code 6. */
export function prevResultOf(call: Call): Result | undefined {
  const value = keyValue(call.config, 'prevResult');
  return value === undefined ? undefined : readResult(value);
}

function unreadable(what: string, value: unknown): CniError {
  return new CniError(
    code.decoding,
    `${what} cannot be read`,
    `found ${JSON.stringify(value)?.slice(0, 200) ?? typeof value}`,
  );
}

function entries(value: JsonObject, key: string): readonly unknown[] {
  const list = keyValue(value, key) ?? [];
  if (!Array.isArray(list)) throw unreadable(`"${key}" of a result`, list);
  return list;
}

/** The texts and numbers of an object that a result may have; others are left out. */
function optional(value: JsonObject, texts: readonly string[], numbers: readonly string[]) {
  const found: Record<string, string | number> = {};
  for (const key of texts) {
    const entry = keyValue(value, key);
    if (typeof entry === 'string' && entry !== '') found[key] = entry;
  }
  for (const key of numbers) {
    const entry = keyValue(value, key);
    if (typeof entry === 'number' && Number.isInteger(entry)) found[key] = entry;
  }
  return found;
}

/** What can be a block or an address with its prefix length; which one it is, its user finds out. */
const cidr = /^[0-9A-Fa-f:.]{2,45}\/\d{1,3}$/;
const address = /^[0-9A-Fa-f:.]{2,45}$/;

function requiredCidr(value: unknown, key: string, what: string): string {
  const text = isJsonObject(value) ? keyValue(value, key) : undefined;
  if (typeof text === 'string' && cidr.test(text)) return text;
  throw unreadable(`"${key}" of ${what}`, value);
}

function optionalAddress<Key extends 'gateway' | 'gw'>(value: JsonObject, key: Key) {
  const text = keyValue(value, key) ?? '';
  if (text === '') return {};
  if (typeof text === 'string' && address.test(text)) return { [key]: text };
  throw unreadable(`"${key}" of a result`, text);
}

function readInterface(value: unknown): Interface {
  if (!isJsonObject(value)) throw unreadable('an interface of a result', value);
  const name = keyValue(value, 'name');
  return {
    ...optional(value, ['mac', 'sandbox', 'socketPath', 'pciID'], ['mtu']),
    name: typeof name === 'string' ? name : '',
  };
}

function readIp(value: unknown): IpConfig {
  const address = requiredCidr(value, 'address', 'an address of a result');
  if (!isJsonObject(value)) return { address };
  return { address, ...optionalAddress(value, 'gateway'), ...optional(value, [], ['interface']) };
}

function readFamily(value: unknown): { readonly ip: IpConfig; readonly routes: readonly Route[] } {
  const address = requiredCidr(value, 'ip', 'an address of a result');
  if (!isJsonObject(value)) return { ip: { address }, routes: [] };
  return {
    ip: { address, ...optionalAddress(value, 'gateway') },
    routes: entries(value, 'routes').map(readRoute),
  };
}

function readRoute(value: unknown): Route {
  const dst = requiredCidr(value, 'dst', 'a route of a result');
  if (!isJsonObject(value)) return { dst };
  return {
    dst,
    ...optionalAddress(value, 'gw'),
    ...optional(value, [], ['mtu', 'advmss', 'priority', 'table', 'scope']),
  };
}

function readDns(value: unknown): Dns {
  if (!isJsonObject(value)) return {};
  const list = (key: string) => {
    const texts = keyValue(value, key);
    if (!Array.isArray(texts)) return {};
    return { [key]: texts.filter((text) => typeof text === 'string') };
  };
  return {
    ...list('nameservers'),
    ...list('search'),
    ...list('options'),
    ...optional(value, ['domain'], []),
  };
}
