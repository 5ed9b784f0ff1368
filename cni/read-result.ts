import * as z from 'zod/mini';
import { defined } from '../system/defined.ts';
import { once } from '../system/once.ts';
import { knownKeys, parseOnce, problemsIn } from './config.ts';
import { CniError, code } from './error.ts';
import { isJsonObject } from './json-object.ts';
import { keyValue } from './keys.ts';
import type { Call } from './plugin.ts';
import type { IpConfig, Result, Route } from './result.ts';
import { isSpecVersion } from './versions.ts';

/** What can be a block or an address with its prefix length; which one it is, its user finds out. */
const cidrForm = /^[0-9A-Fa-f:.]{2,45}\/\d{1,3}$/;
const addressForm = /^[0-9A-Fa-f:.]{2,45}$/;

/** Results of every version. */
const resultSchema = once(() => {
  // What a result may do without: what is there and cannot be used counts as absent.
  const text = z.transform((value) =>
    typeof value === 'string' && value !== '' ? value : undefined,
  );
  const integer = z.transform((value) =>
    typeof value === 'number' && Number.isInteger(value) ? value : undefined,
  );
  const texts = z.transform((value) =>
    Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : undefined,
  );
  const cidr = z.custom<string>(
    (value) => typeof value === 'string' && cidrForm.test(value),
    'expected a CIDR',
  );
  // Go prints an address that is not there as an empty text.
  const address = z.transform((value, { issues }) => {
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string' && addressForm.test(value)) return value;
    issues.push({ code: 'custom', message: 'expected an address', input: value });
    return undefined;
  });
  const route = knownKeys({
    dst: cidr,
    gw: address,
    mtu: integer,
    advmss: integer,
    priority: integer,
    table: integer,
    scope: integer,
  });
  const routes = z.optional(z.array(route));
  // The address of a family, in results of 0.1.0 and 0.2.0.
  const family = z.optional(knownKeys({ ip: cidr, gateway: address, routes }));
  return knownKeys({
    interfaces: z.optional(
      z.array(
        knownKeys({
          name: z.transform((value) => (typeof value === 'string' ? value : '')),
          mac: text,
          mtu: integer,
          sandbox: text,
          socketPath: text,
          pciID: text,
        }),
      ),
    ),
    ips: z.optional(z.array(knownKeys({ address: cidr, gateway: address, interface: integer }))),
    routes,
    ip4: family,
    ip6: family,
    dns: z.optional(
      z.pipe(
        z.transform((value): unknown => (isJsonObject(value) ? value : {})),
        knownKeys({ nameservers: texts, domain: text, search: texts, options: texts }),
      ),
    ),
  });
});

/**
 * Reads a result of any version: the shape decides, for not every plugin says its version. Throws
 * code 6 for what is no result, 1 for a version nobody knows.
 */
export function readResult(value: unknown): Result {
  const version = isJsonObject(value) ? keyValue(value, 'cniVersion') : undefined;
  if (typeof version === 'string' && version !== '' && !isSpecVersion(version)) {
    throw new CniError(code.incompatibleVersion, `a result of unknown version ${version}`);
  }
  const read = z.safeParse(resultSchema(), value, parseOnce);
  if (!read.success) throw unreadable(read.error, value);
  const { dns: names = {}, interfaces = [], ip4, ip6, ips = [], routes: listed = [] } = read.data;
  const families = [ip4, ip6].flatMap((entry) => entry ?? []);
  return {
    interfaces,
    ips: [
      ...ips,
      ...families.map(({ gateway, ip }): IpConfig => defined({ address: ip, gateway })),
    ],
    routes: [...listed, ...families.flatMap((entry): readonly Route[] => entry.routes ?? [])],
    dns: names,
  };
}

/** The result of an earlier plugin or command, when the runtime gave one. Throws code 6 or 1. */
export function prevResultOf(call: Call): Result | undefined {
  const value = keyValue(call.config, 'prevResult');
  return value === undefined ? undefined : readResult(value);
}

function unreadable(error: z.core.$ZodError, value: unknown): CniError {
  const problems = problemsIn(error, value, 'it').map(({ path, problem }) => `${path}: ${problem}`);
  const message = `a result cannot be read: ${problems[0] ?? 'unreadable'}`;
  return new CniError(code.decoding, message, problems.join('\n'));
}
