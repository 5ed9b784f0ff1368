import * as z from 'zod/mini';
import { type Address, parseAddress, parseCidr } from '../../cni/address.ts';
import { object, parseConfig } from '../../cni/config.ts';
import { CniError, code } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import type { Route } from '../../cni/result.ts';
import { atLeast } from '../../cni/versions.ts';
import {
  overlapping,
  RangeComplaint,
  type RangeSet,
  readRange,
  type WrittenRange,
} from './ranges.ts';

/** What a network configuration says to host-local, validated. */
export interface LeaseConfig {
  /** The folder of folders of leases. */
  readonly dataDir: string;
  /** One address of each set is given. */
  readonly sets: readonly RangeSet[];
  readonly routes: readonly Route[];
  readonly resolvConf: string | undefined;
  /** Addresses asked for, each from its set. */
  readonly requested: readonly Address[];
  /** Addresses never to give. */
  readonly reserved: readonly Address[];
}

const range = object({
  subnet: z.optional(z.string()),
  rangeStart: z.optional(z.string()),
  rangeEnd: z.optional(z.string()),
  gateway: z.optional(z.string()),
});
const strings = z.optional(z.array(z.string()));
const number = z.optional(z.int());

const schema = object({
  ipam: object({
    subnet: z.optional(z.string()),
    rangeStart: z.optional(z.string()),
    rangeEnd: z.optional(z.string()),
    gateway: z.optional(z.string()),
    ranges: z.optional(z.array(z.array(range))),
    routes: z.optional(
      z.array(
        object({
          dst: z.string(),
          gw: z.optional(z.string()),
          mtu: number,
          advmss: number,
          priority: number,
          table: number,
          scope: number,
        }),
      ),
    ),
    dataDir: z.optional(z.string()),
    resolvConf: z.optional(z.string()),
    reserved: strings,
  }),
  runtimeConfig: z.optional(
    object({ ipRanges: z.optional(z.array(z.array(range))), ips: strings }),
  ),
  args: z.optional(object({ cni: z.optional(object({ ips: strings })) })),
});

type Written = z.infer<typeof schema>;

/** Where the reference keeps leases: on Windows, on the current drive. */
const defaultDataDir = '/var/lib/cni/networks';

/** Reads the configuration of host-local. Throws code 7, naming the key that is wrong. */
export function readLeaseConfig(call: Call): LeaseConfig {
  const written = parseConfig(schema, call.config);
  const sets = readSets(written, call);
  return {
    ...readPlaces(written),
    sets,
    routes: (written.ipam.routes ?? []).map(readRoute),
    requested: requestedAddresses(written, call),
  };
}

/**
 * What DEL, CHECK and GC need: where the leases are. They work without ranges too, for a node whose
 * subnet is no longer known must be able to give its leases back. Throws code 7.
 */
function readPlaces(written: Written): Pick<LeaseConfig, 'dataDir' | 'resolvConf' | 'reserved'> {
  return {
    dataDir: pathAt('ipam.dataDir', written.ipam.dataDir) || defaultDataDir,
    resolvConf: pathAt('ipam.resolvConf', written.ipam.resolvConf) || undefined,
    reserved: (written.ipam.reserved ?? []).map((text, index) =>
      addressAt(`ipam.reserved[${index}]`, text),
    ),
  };
}

/** The folder of leases of a network, for the commands that give none. Throws code 7. */
export function readDataDir(call: Call): string {
  return readPlaces(parseConfig(schema, call.config)).dataDir;
}

function invalid(where: string, complaint: string): CniError {
  return new CniError(code.invalidConfig, `invalid network configuration: ${where}: ${complaint}`);
}

function addressAt(where: string, text: string): Address {
  // The reference takes an address with a prefix length here, too.
  const plain = parseCidr(text) ? text.slice(0, text.indexOf('/')) : text;
  const address = parseAddress(plain);
  if (address) return address;
  throw invalid(where, `expected an IP address, found ${shown(text)}`);
}

/** A path that no system call refuses to be handed: what stands behind it, the call will tell. */
function pathAt(where: string, text: string | undefined): string | undefined {
  if (!text?.includes('\0')) return text;
  throw invalid(where, `expected a path, found ${shown(text)}`);
}

/** A text as a complaint names it: no more than the start of a long one. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

/** A range as it is written, and the path of its keys. */
interface Placed {
  readonly path: string;
  readonly written: WrittenRange;
}

/** What the runtime says comes first, then the single range, then the list: the sets' order. */
function readSets(written: Written, call: Call): RangeSet[] {
  const { ipam, runtimeConfig } = written;
  const placed: (readonly Placed[])[] = [
    ...placedAt('runtimeConfig.ipRanges', runtimeConfig?.ipRanges),
    ...(ipam.subnet ? [[{ path: 'ipam', written: ipam }]] : []),
    ...placedAt('ipam.ranges', ipam.ranges),
  ];
  if (placed.length === 0) throw invalid('ipam', 'no IP ranges specified');
  const sets = placed.map(readSet);
  refuseOverlaps(sets, placed);
  refuseSeveral(sets, call);
  return sets;
}

function placedAt(
  path: string,
  sets: readonly (readonly WrittenRange[])[] = [],
): (readonly Placed[])[] {
  return sets.map((set, index) => {
    if (set.length === 0) throw invalid(`${path}[${index}]`, 'the set of ranges is empty');
    return set.map((written, at) => ({ path: `${path}[${index}][${at}]`, written }));
  });
}

function readSet(placed: readonly Placed[]): RangeSet {
  const set = placed.map(({ path, written }) => {
    try {
      return readRange(written);
    } catch (error) {
      if (error instanceof RangeComplaint) throw invalid(`${path}.${error.key}`, error.message);
      throw error;
    }
  });
  const other = set.findIndex(({ subnet }) => subnet.family !== set[0]?.subnet.family);
  if (other < 0) return set;
  throw invalid(placed[other]?.path ?? '', 'a set of ranges has one family of addresses');
}

/** No address may be in two ranges, of one set or of two. */
function refuseOverlaps(sets: readonly RangeSet[], placed: readonly (readonly Placed[])[]): void {
  const pair = overlapping(sets.flat());
  if (!pair) return;
  const [one, other] = pair.map((index) => placed.flat()[index]?.path);
  throw invalid(one ?? '', `overlaps with ${other}`);
}

/** Results of 0.2.0 and before have room for one address of each family. */
function refuseSeveral(sets: readonly RangeSet[], call: Call): void {
  if (atLeast(call.version, '0.3.0')) return;
  const families = sets.map((set) => set[0]?.subnet.family);
  if (new Set(families).size === families.length) return;
  throw invalid(
    'ipam.ranges',
    `CNI version ${call.version} does not support more than 1 address per family`,
  );
}

function readRoute(route: NonNullable<Written['ipam']['routes']>[number], index: number): Route {
  const { dst, gw, mtu, advmss, priority, table, scope } = route;
  const at = (key: string) => `ipam.routes[${index}].${key}`;
  if (!parseCidr(dst)) throw invalid(at('dst'), `expected a CIDR, found ${shown(dst)}`);
  if (gw && !parseAddress(gw)) {
    throw invalid(at('gw'), `expected an IP address, found ${shown(gw)}`);
  }
  return {
    dst,
    ...(gw ? { gw } : {}),
    ...(mtu === undefined ? {} : { mtu }),
    ...(advmss === undefined ? {} : { advmss }),
    ...(priority === undefined ? {} : { priority }),
    ...(table === undefined ? {} : { table }),
    ...(scope === undefined ? {} : { scope }),
  };
}

/** The four places a runtime may ask for addresses in. */
function requestedAddresses(written: Written, call: Call): Address[] {
  const argument = call.args['IP'];
  const listed = (where: string, texts: readonly string[] | undefined) =>
    (texts ?? []).map((text, index) => addressAt(`${where}[${index}]`, text));
  return [
    ...(argument ? [addressAt('CNI_ARGS IP', argument)] : []),
    ...listed('args.cni.ips', written.args?.cni?.ips),
    ...listed('runtimeConfig.ips', written.runtimeConfig?.ips),
  ];
}
