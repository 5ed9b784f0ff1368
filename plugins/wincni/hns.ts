import { type OpenHns, openHns } from '../../hns-bridge/open.ts';
import type { HnsWay } from '../../hns-bridge/ways.ts';
import { startDeadline } from '../../system/deadline.ts';
import type { Host } from '../../system/host.ts';
import type { Operator } from './operator.ts';

/** How long an operator's command may take, in milliseconds, unless it says otherwise: PowerShell's first start is slow. */
const usualTime = 120_000;

/** The machine as plugins' code takes it, with a time of its own; steps are logged nowhere. */
export function hostOf({ machine }: Operator, time = usualTime): Host {
  const started = machine.clock.elapsed();
  return {
    ...machine,
    deadline: startDeadline(machine.clock, { total: time, kept: 0, started }),
    log() {},
  };
}

/** Opens the way to HNS that is asked for, as the plugins do. Throws HnsError. */
export function openOperatorHns(
  operator: Operator,
  configured: HnsWay | undefined,
  host: Host = hostOf(operator),
): Promise<OpenHns> {
  return openHns(host, { ...operator.hns, configured, answer: (error) => error.message });
}
