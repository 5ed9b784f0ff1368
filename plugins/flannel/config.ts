import { isAbsolute } from 'node:path';
import * as z from 'zod/mini';
import { parseAddress, parseCidr } from '../../cni/address.ts';
import { object, parseConfig, parseOnce } from '../../cni/config.ts';
import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { keyValue } from '../../cni/keys.ts';
import type { Call } from '../../cni/plugin.ts';
import { defined } from '../../system/defined.ts';
import { once } from '../../system/once.ts';

/** What a network configuration says to flannel, validated. */
export interface FlannelConfig {
  /** Where flanneld writes the node's subnet. On Windows, without a drive: on the current one. */
  readonly subnetFile: string;
  /** Where the delegate's configurations are remembered. */
  readonly dataDir: string;
  /** What the operator says to the delegate, keys as they were written. */
  readonly delegate: JsonObject;
  /** Of the configuration's own `ipam`, what reaches the delegate's. */
  readonly ipam: { readonly routes?: readonly unknown[]; readonly dataDir?: string };
  readonly runtimeConfig: JsonObject | undefined;
  /** What was passed over of what is written, for the log. */
  readonly notes: readonly string[];
}

// No system call takes a path with NUL in it.
const isPath = (value: unknown): value is string =>
  typeof value === 'string' && !value.includes('\0');
/** A relative one would be a folder wherever the runtime happens to stand. Empty: the default. */
const isFolder = (value: unknown): value is string =>
  isPath(value) && (value === '' || isAbsolute(value));

/** The keys of flannel's own, their types checked. */
export const flannelSchema = once(() => {
  const jsonObject = z.optional(z.custom<JsonObject>(isJsonObject, 'expected an object'));
  return object({
    subnetFile: z.optional(z.custom<string>(isPath, 'expected a path')),
    dataDir: z.optional(z.custom<string>(isFolder, 'expected an absolute path')),
    delegate: jsonObject,
    ipam: jsonObject,
    runtimeConfig: jsonObject,
  });
});

/** The reference's defaults, so that either suite finds what the other left. */
const usual = { subnetFile: '/run/flannel/subnet.env', dataDir: '/var/lib/cni/flannel' };

/** Reads flannel's configuration. Throws code 7, naming the key that is wrong. */
export function readFlannelConfig(call: Call): FlannelConfig {
  const written = parseConfig(flannelSchema(), call.config);
  return {
    subnetFile: written.subnetFile || usual.subnetFile,
    dataDir: written.dataDir || usual.dataDir,
    delegate: written.delegate ?? {},
    ...ipamOf(written.ipam ?? {}),
    runtimeConfig: written.runtimeConfig,
  };
}

/** As much of a configuration as DEL can do with, each key of it that can be used. */
export function readToDelete({ config }: Call): FlannelConfig {
  const dataDir = keyValue(config, 'dataDir');
  const subnetFile = keyValue(config, 'subnetFile');
  const ipam = keyValue(config, 'ipam');
  return {
    subnetFile: (isPath(subnetFile) && subnetFile) || usual.subnetFile,
    dataDir: (isFolder(dataDir) && dataDir) || usual.dataDir,
    delegate: {},
    ...ipamOf(isJsonObject(ipam) ? ipam : {}),
    runtimeConfig: undefined,
  };
}

const routes = once(() => {
  const number = z.optional(z.int());
  const isAddress = (text: string) => text === '' || parseAddress(text) !== undefined;
  return z.array(
    object({
      dst: z.string().check(z.refine((text) => parseCidr(text) !== undefined)),
      gw: z.optional(z.string().check(z.refine(isAddress))),
      mtu: number,
      advmss: number,
      priority: number,
      table: number,
      scope: number,
    }),
  );
});

/** On Windows the reference reads nothing of `ipam`: what is wrong there is passed over. */
function ipamOf(ipam: JsonObject): Pick<FlannelConfig, 'ipam' | 'notes'> {
  const written = { routes: keyValue(ipam, 'routes'), dataDir: keyValue(ipam, 'dataDir') };
  const isThere = Array.isArray(written.routes);
  const usable = {
    routes: isThere && z.safeParse(routes(), written.routes, parseOnce).success,
    dataDir: isPath(written.dataDir),
  };
  const notes = (['routes', 'dataDir'] as const)
    .filter((key) => written[key] !== undefined && !usable[key])
    .map((key) => `ipam.${key} cannot be used, and host-local does without`);
  return {
    ipam: defined({
      routes: usable.routes && Array.isArray(written.routes) ? written.routes : undefined,
      dataDir: isPath(written.dataDir) ? written.dataDir || undefined : undefined,
    }),
    notes,
  };
}
