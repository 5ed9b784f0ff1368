import * as z from 'zod/mini';
import { isJsonObject, keyValue, object, parseConfig } from '../cni/config.ts';
import { CniError, code } from '../cni/error.ts';
import { isPluginType } from '../cni/identifiers.ts';
import type { Call, JsonObject } from '../cni/plugin.ts';

/** What a network configuration says to flannel, validated. */
export interface FlannelConfig {
  readonly subnetFile: string;
  readonly dataDir: string;
  /** The delegate's configuration as it was written. */
  readonly delegate: JsonObject;
  /** What kind of plugin the delegate is. */
  readonly delegateType: string;
  /** host-local's routes and folder, when the configuration says them. */
  readonly ipam: JsonObject;
  readonly runtimeConfig: JsonObject | undefined;
}

/** Without a drive letter: on Windows, on the current drive, where flanneld writes it too. */
const defaultSubnetFile = '/run/flannel/subnet.env';
const defaultDataDir = '/var/lib/cni/flannel';
const defaultType = 'win-bridge';

const jsonObject = z.custom<JsonObject>(isJsonObject, 'expected an object');

const schema = object({
  subnetFile: z.optional(z.string()),
  dataDir: z.optional(z.string()),
  delegate: z.optional(jsonObject),
  ipam: z.optional(jsonObject),
  runtimeConfig: z.optional(jsonObject),
});

/** Reads flannel's configuration. Throws code 7. */
export function readFlannelConfig(call: Call): FlannelConfig {
  const written = parseConfig(schema, call.config);
  const delegate = written.delegate ?? {};
  for (const key of ['name', 'ipam']) {
    if (keyValue(delegate, key) === undefined) continue;
    throw new CniError(
      code.invalidConfig,
      `'delegate' dictionary must not have '${key}' field, it'll be set by flannel`,
      key === 'ipam'
        ? 'routes and dataDir of host-local go into "ipam" beside "delegate"'
        : 'take it out of "delegate"',
    );
  }
  return {
    subnetFile: written.subnetFile || defaultSubnetFile,
    dataDir: written.dataDir || defaultDataDir,
    delegate,
    delegateType: delegateType(delegate),
    ipam: written.ipam ?? {},
    runtimeConfig: written.runtimeConfig,
  };
}

function delegateType(delegate: JsonObject): string {
  const type = keyValue(delegate, 'type') ?? defaultType;
  if (typeof type === 'string' && isPluginType(type) && type.toLowerCase() !== 'flannel') {
    return type;
  }
  throw new CniError(
    code.invalidConfig,
    `invalid network configuration: delegate.type: expected the name of a plugin other than flannel, found ${JSON.stringify(type)}`,
    'win-overlay for VXLAN, win-bridge for host-gw',
  );
}
