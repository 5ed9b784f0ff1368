import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { openPowerShell, type PowerShellOptions } from '../../../hns-bridge/powershell/index.ts';
import type { Transport } from '../../../hns-bridge/transport.ts';
import { nodeHost } from '../../../system/node-host.ts';
import { childFile, type Fault, faultsFile, startsFile } from '../../fixtures/powershell/faults.ts';
import { deadlineOf } from '../../helpers/deadline.ts';
import { standInPowerShell } from '../../helpers/stand-in-powershell.ts';

/** For waiting for other processes, also on a machine that has much to do. */
export const patient = { timeout: 30_000 };

export interface Step {
  readonly step: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Trial {
  readonly folder: string;
  readonly transport: Transport;
  readonly steps: Step[];
  /** The stand-ins that were started: pid and what they got. */
  starts(): readonly { pid: number; args: string[]; env: string[] }[];
  /** The facts of the last step of that name. */
  facts(step: string): Readonly<Record<string, unknown>> | undefined;
}

/** A session with the stand-in on a state folder of its own, which both end with the test. */
export function trial(
  faults: readonly Fault[] = [],
  options: Partial<PowerShellOptions> = {},
): Trial {
  const folder = mkdtempSync(join(tmpdir(), 'wincni-powershell-'));
  writeFileSync(join(folder, 'hns.json'), '{}');
  if (faults.length > 0) writeFileSync(join(folder, faultsFile), JSON.stringify(faults));
  const steps: Step[] = [];
  const transport = openPowerShell({
    ...nodeHost(process),
    env: {
      ...process.env,
      WINCNI_POWERSHELL: standInPowerShell,
      WINCNI_HNS_STATE: folder,
      PSModulePath: '/x',
    },
    deadline: deadlineOf(),
    log: (step, facts = {}) => steps.push({ step, facts }),
    ...options,
  });
  onTestFinished(async () => {
    await transport.close();
    await expectNothingRuns(folder);
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    transport,
    steps,
    starts: () => startsIn(folder),
    facts: (step) => steps.findLast((entry) => entry.step === step)?.facts,
  };
}

function startsIn(folder: string) {
  const path = join(folder, startsFile);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Whether a process is there; one that has ended and waits for its parent to look is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** No test leaves a process behind: neither the stand-in nor what it started. */
async function expectNothingRuns(folder: string): Promise<void> {
  const alive = () => startsIn(folder).filter(({ pid }) => isAlive(pid));
  await vi.waitFor(() => expect(alive(), 'stand-ins').toEqual([]));
  const child = join(folder, childFile);
  if (!existsSync(child)) return;
  const pid = Number(readFileSync(child, 'utf8'));
  await vi.waitFor(() => expect(isAlive(pid), `its child ${pid}`).toBe(false), patient);
}
