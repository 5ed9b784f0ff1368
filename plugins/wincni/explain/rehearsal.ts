import { CniError, code } from '../../../cni/error.ts';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { keyValue } from '../../../cni/keys.ts';
import type { Call, Plugin } from '../../../cni/plugin.ts';
import type { Calls } from '../../../hns-bridge/calls.ts';
import type { HnsError } from '../../../hns-bridge/error.ts';
import type { OpenHns } from '../../../hns-bridge/open.ts';
import { hnsWay } from '../../../hns-bridge/ways.ts';
import type { Clock } from '../../../system/host.ts';
import { type FileChange, overlayFiles } from '../../../system/overlay-files.ts';
import { openOperatorHns } from '../hns.ts';
import type { Operator } from '../operator.ts';
import { type PluginAnswer, runPlugin } from '../plugin-run.ts';
import { type AssumedSandbox, type HnsModel, modelOf } from './model.ts';
import { type HnsChange, trialHns } from './trial-hns.ts';

/** What a plugin does, in its order. */
export type Event =
  /** A step of its log, with what is too long for a line. */
  | { readonly kind: 'step'; readonly step: string; readonly facts: JsonObject }
  /** What it would change in HNS. */
  | { readonly kind: 'change'; readonly change: HnsChange }
  /** A call of another executable, which is not made. */
  | { readonly kind: 'executable'; readonly type: string; readonly call: Call };

export interface Rehearsal {
  readonly events: readonly Event[];
  readonly answer: PluginAnswer;
  readonly files: readonly FileChange[];
  /** The executable whose answer is not known, where the rest depends on it. */
  readonly unknown: string | undefined;
  /** Why HNS could not be asked. */
  readonly deaf: HnsError | undefined;
  /** Why a file could not be looked at: rights. */
  readonly denied: Error | undefined;
}

export interface Play {
  readonly plugin: string;
  readonly config: JsonObject;
  /** The command and its parameters, as the runtime has them in the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly assumed: AssumedSandbox;
  /** HNS, taken for such; undefined: as it is. */
  readonly offline: HnsModel | undefined;
  /** The address that an executable answers, with its prefix length. */
  readonly ip: string | undefined;
}

/**
 * Lets the plugin itself do a command: it looks at this machine, and what it changes stays in memory
 * (trial-hns.ts, overlay-files.ts). No other program is started.
 */
export async function rehearse(operator: Operator, play: Play): Promise<Rehearsal> {
  const events: Event[] = [];
  let unknown: string | undefined;
  let opened: Promise<OpenHns> | undefined;
  const real = async (): Promise<Calls> => {
    opened ??= openOperatorHns(operator, hnsWayOf(play.config));
    return (await opened).calls;
  };
  const { offline } = play;
  const hns = trialHns({
    real: offline ? undefined : real,
    model: async () => offline ?? modelOf(await real(), play.assumed),
    changed: (change) => events.push({ kind: 'change', change }),
  });
  const clock = hastyClock(operator.machine.clock);
  const { changes, denied, files } = overlayFiles(operator.machine.files, clock.now);
  const machine = {
    ...operator.machine,
    files,
    clock,
    append() {},
    kill() {},
    exposed: () => [],
  };
  const others = (type: string) =>
    silentPlugin((call) => {
      events.push({ kind: 'executable', type, call });
      if (call.command !== 'ADD') return undefined;
      if (play.ip !== undefined) return { address: play.ip };
      unknown ??= type;
      throw new CniError(code.delegateFailed, `what ${type} answers is not known`);
    });
  try {
    const answer = await runPlugin(
      { ...operator, machine, hns: { transport: hns.transport } },
      play.plugin,
      play,
      {
        others,
        watch: (step, facts, whole) =>
          events.push({ kind: 'step', step, facts: { ...facts, ...whole } }),
      },
    );
    return { events, answer, files: changes(), unknown, deaf: hns.failure(), denied: denied() };
  } finally {
    await opened?.then(
      (each) => each.close(),
      () => undefined,
    );
  }
}

/** The way that a configuration asks for; flannel's own, or its delegate's. */
function hnsWayOf(config: JsonObject) {
  const delegate = keyValue(config, 'delegate');
  const ofDelegate = isJsonObject(delegate) ? keyValue(delegate, 'hns') : undefined;
  return hnsWay(ofDelegate ?? keyValue(config, 'hns'));
}

/** Nobody waits for what only time would bring: what is not there is not waited for. */
function hastyClock({ now, uptime }: Clock): Clock {
  let ahead = 0;
  return {
    now: () => now() + ahead,
    elapsed: () => ahead,
    uptime,
    sleep: async (ms) => {
      ahead += ms;
    },
    pause(ms) {
      ahead += ms;
    },
    after: () => () => {},
  };
}

function silentPlugin(answer: (call: Call) => { readonly address: string } | undefined): Plugin {
  const silent = async (call: Call) => {
    answer(call);
  };
  return {
    ADD: async (call) => ({
      interfaces: [],
      ips: [answer(call) ?? []].flat(),
      routes: [],
      dns: {},
    }),
    DEL: silent,
    CHECK: silent,
    GC: silent,
    STATUS: silent,
  };
}
