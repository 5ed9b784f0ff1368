import * as z from 'zod/mini';
import { type Address, parseAddress } from '../../plugins/cni/address.ts';
import { object, parseConfig } from '../../plugins/cni/config.ts';
import { CniError, code } from '../../plugins/cni/error.ts';
import type { Call } from '../../plugins/cni/plugin.ts';
import type { Route } from '../../plugins/cni/result.ts';
import { atLeast } from '../../plugins/cni/versions.ts';
import { overlap, RangeComplaint, type RangeSet, readRange, type WrittenRange } from './ranges.ts';

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
const number = z.optional(z.number());

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
export function readPlaces(
  written: Written,
): Pick<LeaseConfig, 'dataDir' | 'resolvConf' | 'reserved'> {
  return {
    dataDir: written.ipam.dataDir || defaultDataDir,
    resolvConf: written.ipam.resolvConf || undefined,
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
  const address = parseAddress(text.split('/')[0] ?? '');
  if (address) return address;
  throw invalid(where, `expected an IP address, found ${JSON.stringify(text)}`);
}

/** What the runtime says comes first, then the single range, then the list: the sets' order. */
function readSets(written: Written, call: Call): RangeSet[] {
  const { ipam, runtimeConfig } = written;
  const placed: [string, readonly WrittenRange[]][] = [
    ...(runtimeConfig?.ipRanges ?? []).map((set, index): [string, WrittenRange[]] => [
      `runtimeConfig.ipRanges[${index}]`,
      set,
    ]),
    ...(ipam.subnet ? [['ipam', [ipam]] satisfies [string, WrittenRange[]]] : []),
    ...(ipam.ranges ?? []).map((set, index): [string, WrittenRange[]] => [
      `ipam.ranges[${index}]`,
      set,
    ]),
  ];
  if (placed.length === 0) throw invalid('ipam', 'no IP ranges specified');
  const sets = placed.map(([where, set]) => readSet(where, set));
  refuseOverlaps(sets, placed);
  refuseSeveral(sets, call);
  return sets;
}

function readSet(where: string, written: readonly WrittenRange[]): RangeSet {
  if (written.length === 0) throw invalid(where, 'the set of ranges is empty');
  const set = written.map((entry, index) => {
    try {
      return readRange(entry);
    } catch (error) {
      if (error instanceof RangeComplaint) throw invalid(`${where}[${index}]`, error.message);
      throw error;
    }
  });
  if (new Set(set.map(({ subnet }) => subnet.family)).size > 1) {
    throw invalid(where, 'a set of ranges has one family of addresses');
  }
  for (const [index, one] of set.entries()) {
    if (set.slice(index + 1).some((other) => overlap([one], [other]))) {
      throw invalid(where, 'its ranges overlap');
    }
  }
  return set;
}

function refuseOverlaps(sets: readonly RangeSet[], placed: readonly [string, unknown][]): void {
  for (const [index, one] of sets.entries()) {
    const other = sets.findIndex((set, at) => at > index && overlap(one, set));
    if (other < 0) continue;
    throw invalid(placed[index]?.[0] ?? '', `overlaps with ${placed[other]?.[0]}`);
  }
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

function readRoute(route: {
  readonly dst: string;
  readonly gw?: string | undefined;
  readonly mtu?: number | undefined;
  readonly advmss?: number | undefined;
  readonly priority?: number | undefined;
  readonly table?: number | undefined;
  readonly scope?: number | undefined;
}): Route {
  const { dst, gw, mtu, advmss, priority, table, scope } = route;
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
