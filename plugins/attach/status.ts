import { CniError, code } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import { HnsError } from '../../hns-bridge/error.ts';
import { askIpam } from '../../ipam/address-source.ts';
import { type AttachConfig, readAttachConfig } from './config.ts';
import type { AttachDeps } from './deps.ts';
import type { Mode } from './modes.ts';
import { findNetwork, missingNetwork, wrongType } from './network.ts';

/**
 * STATUS: HNS answers, the network exists and is of a right type, and IPAM is ready. One HNS call.
 * Throws code 50, or what IPAM throws.
 */
export async function status(deps: AttachDeps, mode: Mode, call: Call): Promise<void> {
  const config = readAttachConfig(mode, call);
  try {
    await assertReady(deps, mode, config, call.network);
  } catch (error) {
    // The specification has one code for "cannot serve ADD", whatever the reason.
    if (!(error instanceof HnsError)) throw error;
    throw new CniError(code.unavailable, error.message, error.details, { cause: error });
  }
  await askIpam(deps.delegate, call);
}

async function assertReady(
  deps: AttachDeps,
  mode: Mode,
  config: AttachConfig,
  name: string,
): Promise<void> {
  const { v2: hns } = await deps.openHns(config.hns);
  const network = await findNetwork(hns, name);
  // A network that ADD makes is not missed before the first pod.
  if (!network && (mode.createsNetwork || config.createNetwork)) return;
  const problem = network ? wrongType(mode, network) : missingNetwork(name);
  if (problem) throw new CniError(code.unavailable, problem.msg, problem.details);
}
