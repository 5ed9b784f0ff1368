import * as z from 'zod/mini';
import { object, parseConfig } from '../../cni/config.ts';
import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import type { Call } from '../../cni/plugin.ts';
import { defined } from '../../system/defined.ts';

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
}

const jsonObject = z.custom<JsonObject>(isJsonObject, 'expected an object');

const schema = object({
  subnetFile: z.optional(z.string()),
  dataDir: z.optional(z.string()),
  delegate: z.optional(jsonObject),
  ipam: z.optional(
    object({ routes: z.optional(z.array(z.unknown())), dataDir: z.optional(z.string()) }),
  ),
  runtimeConfig: z.optional(jsonObject),
});

/** Reads flannel's configuration. Throws code 7, naming the key that is wrong. */
export function readFlannelConfig(call: Call): FlannelConfig {
  const written = parseConfig(schema, call.config);
  const { routes, dataDir } = written.ipam ?? {};
  return {
    // The reference's defaults, so that either suite finds what the other left.
    subnetFile: written.subnetFile || '/run/flannel/subnet.env',
    dataDir: written.dataDir || '/var/lib/cni/flannel',
    delegate: written.delegate ?? {},
    ipam: defined({ routes, dataDir: dataDir || undefined }),
    runtimeConfig: written.runtimeConfig,
  };
}
