import type { JsonObject } from '../../../cni/json-object.ts';
import type { Transport } from '../../../hns-bridge/transport.ts';
import type { Clock } from '../../../system/host.ts';
import type { PluginAnswer } from '../plugin-run.ts';
import type { ClaimId } from './claims.ts';
import type { HnsCall, Outcome } from './hns-call.ts';
import type { TrialNetwork, WayName } from './setting.ts';

/** What was expected of HNS or of a plugin, and what came. */
export interface Finding {
  readonly expected: string;
  readonly came: string;
  readonly result: 'as expected' | 'otherwise' | 'not reached';
  /** The lines of HNS.md that it bears on. */
  readonly claims: readonly ClaimId[];
}

/** A step of the trial of one mode by one way. */
export interface Step {
  readonly name: string;
  /** What is tried, for progress. */
  readonly title: string;
  /** What it may decide: not reached, where the step is not. */
  readonly claims: readonly ClaimId[];
  /** Whether several ask at once: such calls are not played again. */
  readonly atOnce?: boolean;
  /** Why it can't be played here. */
  readonly unreached?: (trial: Trial) => string | undefined;
  readonly play: (trial: Trial) => Promise<readonly Finding[]>;
}

/** What a step works with. */
export interface Trial {
  readonly way: WayName;
  readonly network: TrialNetwork;
  /** The way to HNS, recorded. */
  readonly hns: Transport;
  ask(call: HnsCall): Promise<Outcome>;
  /** The network's plugin in this process, asked by the way of this trial; its calls are recorded. */
  plugin(command: string, pod: number, extra?: JsonObject): Promise<PluginAnswer>;
  /** The same, each in a process of its own, where this program is an executable. */
  readonly child: Children | undefined;
  /** The addresses that are leased on the network. */
  leases(): readonly string[];
  readonly clock: Pick<Clock, 'elapsed' | 'sleep'>;
  /** How many pods are added at once. */
  readonly atOnce: number;
  /** Stops the service hns, and starts it; undefined where nobody asked for that, or there is none. */
  readonly service: Service | undefined;
  /** Holds a file open as no other may use it meanwhile; undefined elsewhere than on Windows. */
  readonly holdOpen: (<Done>(path: string, work: () => Promise<Done>) => Promise<Done>) | undefined;
  /** The folder of the leases. */
  readonly leaseFolder: string;
}

export interface Children {
  /** As `plugin`, killed after so many milliseconds where that is said. */
  run(command: string, pod: number, killAfter?: number): Promise<PluginAnswer | 'killed'>;
}

export interface Service {
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** What came, held against what was expected. */
export function finding(
  holds: boolean,
  expected: string,
  came: string,
  ...claims: readonly ClaimId[]
): Finding {
  return { expected, came, result: holds ? 'as expected' : 'otherwise', claims };
}

/** What could not be tried, and why. */
export function notReached(expected: string, why: string, ...claims: readonly ClaimId[]): Finding {
  return { expected, came: why, result: 'not reached', claims };
}

/** An outcome in a few words. */
export const inWords = ({ code, said }: Outcome): string =>
  code === undefined ? 'done' : `${code} (${said})`;

/** HNS was to do it, and did. */
export const isDone = ({ code }: Outcome): boolean => code === undefined;

/** HNS was to refuse with one of these codes. */
export function refusalFinding(
  outcome: Outcome,
  what: string,
  codes: readonly string[],
  ...claims: readonly ClaimId[]
): Finding {
  const { code } = outcome;
  const expected = `${what}: ${codes.join(' or ')}`;
  const came = code ?? 'done';
  const holds = code !== undefined && codes.includes(code);
  return finding(holds, expected, holds ? came : inWords(outcome), ...claims);
}
