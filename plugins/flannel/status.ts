import { CniError, code, toCniError } from '../../cni/error.ts';
import type { Call, Delegate } from '../../cni/plugin.ts';
import type { Host } from '../../system/host.ts';
import { readFlannelConfig } from './config.ts';
import { buildDelegation } from './delegation.ts';
import { awaitSubnetEnv } from './subnet-env-file.ts';

/** STATUS: flanneld's subnet.env is whole, and the delegate is ready. Throws code 50 when not. */
export async function status(host: Host, delegate: Delegate, call: Call): Promise<void> {
  const config = readFlannelConfig(call);
  const env = await awaitSubnetEnv(host, config.subnetFile).catch((error: unknown) => {
    const { message, details } = toCniError(error);
    throw new CniError(code.unavailable, message, details, { cause: error });
  });
  const { type, call: toDelegate } = buildDelegation(call, config, env);
  await delegate(type, toDelegate);
}
