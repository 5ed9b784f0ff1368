import * as z from 'zod/mini';
import { type Address, addressOf, parseAddress, parseCidr } from '../../cni/address.ts';
import { object, parseConfig } from '../../cni/config.ts';
import { invalidConfig } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import { atLeast, type SpecVersion } from '../../cni/versions.ts';
import { defined } from '../../system/defined.ts';
import { once } from '../../system/once.ts';
import type { AllocatedRoute } from '../allocation.ts';
import { withRangeSets } from '../range-sets.ts';
import { overlapping, type RangeSet, readRange, shown, type WrittenRange } from './ranges.ts';

/** What a network configuration says to host-local, validated. */
export interface HostLocalConfig {
  /** The folder of folders of leases. */
  readonly dataDir: string;
  /**
   * What addresses are given from, for ADD, CHECK and STATUS. DEL and GC do without, and so with whatever
   * is wrong there: what ADD refuses now may have been right once, and its leases are given back. Throws
   * code 7.
   */
  readonly pool: () => Pool;
}

/** What addresses are given from, and what goes with them. */
export interface Pool {
  /** One address of each set is given. */
  readonly sets: readonly RangeSet[];
  readonly routes: readonly AllocatedRoute[];
  readonly resolvConf: string | undefined;
  /** Addresses never to give. */
  readonly reserved: readonly Address[];
  /** Addresses asked for, each from its set. */
  readonly requested: readonly Address[];
}

/** All that DEL and GC read. */
export const placeSchema = once(() =>
  object({ ipam: object({ dataDir: z.optional(z.string()) }) }),
);

/** The keys of host-local's, their types checked. */
export const hostLocalSchema = once(() => {
  const text = z.optional(z.string());
  const texts = z.optional(z.array(z.string()));
  const number = z.optional(z.int());
  const range = { subnet: text, rangeStart: text, rangeEnd: text, gateway: text };
  const ranges = z.optional(z.array(z.array(object(range))));
  const route = object({
    dst: z.string(),
    gw: text,
    mtu: number,
    advmss: number,
    priority: number,
    table: number,
    scope: number,
  });
  return object({
    ipam: object({
      ...range,
      ranges,
      routes: z.optional(z.array(route)),
      resolvConf: text,
      reserved: texts,
    }),
    runtimeConfig: z.optional(object({ ipRanges: ranges, ips: texts })),
    args: z.optional(object({ cni: z.optional(object({ ips: texts })) })),
  });
});

type Written = z.infer<ReturnType<typeof hostLocalSchema>>;
type WrittenRoute = NonNullable<Written['ipam']['routes']>[number];

/** Where the reference keeps leases: on Windows, on the current drive. */
const defaultDataDir = '/var/lib/cni/networks';

/** Reads the configuration of host-local. Throws code 7, naming the wrong key. */
export function readHostLocalConfig(
  call: Pick<Call, 'args' | 'config' | 'version'>,
): HostLocalConfig {
  const { ipam } = parseConfig(placeSchema(), call.config);
  return {
    dataDir: pathAt('ipam.dataDir', ipam.dataDir) || defaultDataDir,
    pool: () => readPool(call),
  };
}

function readPool({ args, config, version }: Pick<Call, 'args' | 'config' | 'version'>): Pool {
  const written = parseConfig(hostLocalSchema(), withRangeSets(config));
  const { ipam } = written;
  return {
    sets: readSets(written, version),
    routes: (ipam.routes ?? []).map(readRoute),
    resolvConf: pathAt('ipam.resolvConf', ipam.resolvConf) || undefined,
    reserved: addressesAt('ipam.reserved', ipam.reserved),
    requested: requestedAddresses(written, args),
  };
}

function addressesAt(path: string, texts: readonly string[] = []): readonly Address[] {
  return texts.map((text, index) => addressAt(`${path}[${index}]`, text));
}

function addressAt(path: string, text: string): Address {
  // The reference takes an address with a prefix length here, too.
  const cidr = parseCidr(text);
  const address = cidr ? addressOf(cidr) : parseAddress(text);
  if (address) return address;
  throw invalidConfig(path, `expected an IP address, found ${shown(text)}`);
}

/** A path without NUL, which no system call takes. */
function pathAt(path: string, text: string | undefined): string | undefined {
  if (!text?.includes('\0')) return text;
  throw invalidConfig(path, `expected a path, found ${shown(text)}`);
}

/** A range as it is written, and the path of its keys. */
interface Placed {
  readonly path: string;
  readonly written: WrittenRange;
}

/** What the runtime says comes first, then the single range, then the list: the sets' order. */
function readSets(written: Written, version: SpecVersion): readonly RangeSet[] {
  const { ipam, runtimeConfig } = written;
  const placed: readonly (readonly Placed[])[] = [
    ...placedAt('runtimeConfig.ipRanges', runtimeConfig?.ipRanges),
    ...(ipam.subnet ? [[{ path: 'ipam', written: ipam }]] : []),
    ...placedAt('ipam.ranges', ipam.ranges),
  ];
  if (placed.length === 0) throw invalidConfig('ipam', 'no IP ranges specified');
  const sets = placed.map(readSet);
  assertNoOverlap(sets, placed);
  assertOneOfEachFamily(sets, version);
  return sets;
}

function placedAt(
  path: string,
  sets: readonly (readonly WrittenRange[])[] = [],
): readonly (readonly Placed[])[] {
  return sets.map((set, index) => {
    if (set.length === 0) throw invalidConfig(`${path}[${index}]`, 'the set of ranges is empty');
    return set.map((written, at) => ({ path: `${path}[${index}][${at}]`, written }));
  });
}

function readSet(placed: readonly Placed[]): RangeSet {
  const set = placed.map(({ path, written }) => readRange(path, written));
  const other = set.findIndex(({ subnet }) => subnet.family !== set[0]?.subnet.family);
  if (other < 0) return set;
  throw invalidConfig(placed[other]?.path ?? '', 'a set of ranges has one family of addresses');
}

/** No address may be in two ranges, of one set or of two. */
function assertNoOverlap(sets: readonly RangeSet[], placed: readonly (readonly Placed[])[]): void {
  const pair = overlapping(sets.flat());
  if (!pair) return;
  const [one, other] = pair.map((index) => placed.flat()[index]?.path);
  throw invalidConfig(one ?? '', `overlaps with ${other}`);
}

/** Results of 0.2.0 and before have room for one address of each family. */
function assertOneOfEachFamily(sets: readonly RangeSet[], version: SpecVersion): void {
  if (atLeast(version, '0.3.0')) return;
  const families = sets.map((set) => set[0]?.subnet.family);
  if (new Set(families).size === families.length) return;
  throw invalidConfig(
    'ipam.ranges',
    `CNI version ${version} does not support more than 1 address per family`,
  );
}

function readRoute(
  { dst, gw, mtu, advmss, priority, table, scope }: WrittenRoute,
  index: number,
): AllocatedRoute {
  const at = (key: string) => `ipam.routes[${index}].${key}`;
  const destination = parseCidr(dst);
  if (!destination) throw invalidConfig(at('dst'), `expected a CIDR, found ${shown(dst)}`);
  const nextHop = gw ? parseAddress(gw) : undefined;
  if (gw && !nextHop) throw invalidConfig(at('gw'), `expected an IP address, found ${shown(gw)}`);
  return defined({ destination, nextHop, mtu, advmss, priority, table, scope });
}

/** The places a runtime may ask for addresses in. */
function requestedAddresses(written: Written, args: Call['args']): readonly Address[] {
  return [
    ...(args['IP'] ? [addressAt('CNI_ARGS IP', args['IP'])] : []),
    ...addressesAt('args.cni.ips', written.args?.cni?.ips),
    ...addressesAt('runtimeConfig.ips', written.runtimeConfig?.ips),
  ];
}
