import { CniError, code } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import { HnsError } from '../../hns-bridge/error.ts';
import { wayToHns } from '../../hns-bridge/ways.ts';
import { askIpam } from '../../ipam/address-source.ts';
import { inSeconds } from '../../system/deadline.ts';
import { inTime } from '../../system/wait.ts';
import { type AttachConfig, readAttachConfig } from './config.ts';
import type { AttachDeps } from './deps.ts';
import {
  aboutOf,
  answerPath,
  forgetAnswer,
  keepAnswer,
  lastAnswer,
  standing,
} from './last-answer.ts';
import type { Mode } from './modes.ts';
import { findNetwork, missingNetwork, wrongType } from './network.ts';

/** How much of STATUS's time is IPAM's, in milliseconds. */
const forIpam = 2_000;

/**
 * STATUS: HNS answers, the network exists and is of a right type, and IPAM is ready. One HNS call, or none
 * where the last good answer serves. Throws code 50, or what IPAM throws.
 */
export async function status(deps: AttachDeps, mode: Mode, call: Call): Promise<void> {
  const config = readAttachConfig(mode, call);
  const ask = () => assertReady(deps, mode, config, call.network);
  const way = wayToHns(deps.host.env, config.hns);
  try {
    // Only PowerShell is a process to start.
    if (way === 'powershell') await askSparingly(deps, mode, call, ask);
    else await ask();
  } catch (error) {
    // The specification has one code for "cannot serve ADD", whatever the reason.
    if (!(error instanceof HnsError)) throw error;
    throw new CniError(code.unavailable, error.message, error.details, { cause: error });
  }
  await askIpam(deps.delegate, call);
}

/**
 * Asks HNS unless its last good answer still serves. Where HNS does not answer in time, an answer that is
 * not too old serves as well: an error would take the node out of service.
 */
async function askSparingly(
  { host, version }: AttachDeps,
  mode: Mode,
  call: Call,
  ask: () => Promise<void>,
): Promise<void> {
  const { clock, deadline, log } = host;
  const file = {
    path: answerPath(host.env, mode.name, call.network),
    about: aboutOf(version, 'powershell', call),
  };
  const last = lastAnswer(host, file);
  const { serves, servesSlow } = standing(last, clock.now(), clock.uptime());
  if (serves) return log('last answer given', { ...last });
  const time = Math.max(0, deadline.left() - forIpam);
  try {
    await inTime(clock, time, ask(), () => notAnswered(call.network, time));
    keepAnswer(host, file, { good: clock.now(), asked: clock.now() });
  } catch (error) {
    if (last && servesSlow && error instanceof HnsError && error.kind === 'hns-timeout') {
      log('last answer given, HNS being slow', { ...last, error: error.message });
      return keepAnswer(host, file, { ...last, asked: clock.now() });
    }
    forgetAnswer(host, file.path);
    throw error;
  }
}

function notAnswered(network: string, ms: number): HnsError {
  return new HnsError(`HNS did not answer within ${inSeconds(ms)}: read network ${network}`, {
    kind: 'hns-timeout',
    reason: 'other',
    details:
      'the node is overloaded, PowerShell is slow to start, or the Host Network Service hangs: Get-Service hns, then Restart-Service hns',
  });
}

async function assertReady(
  deps: AttachDeps,
  mode: Mode,
  config: AttachConfig,
  name: string,
): Promise<void> {
  const { v2: hns } = await deps.openHns(config.hns, 'listings');
  const network = await findNetwork(hns, name);
  // A network that ADD makes is not missed before the first pod.
  if (!network && (mode.createsNetwork || config.createNetwork)) return;
  const problem = network ? wrongType(mode, network) : missingNetwork(name);
  if (problem) throw new CniError(code.unavailable, problem.msg, problem.details);
}
