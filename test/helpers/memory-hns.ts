import type { ReturnedText } from '../../hns-bridge/native-functions.ts';
import { transportOver } from '../../hns-bridge/native-functions.ts';
import type { Calls } from '../../hns-bridge/simulator/calls.ts';
import { functionsOver } from '../../hns-bridge/simulator/functions.ts';
import { errorDocument, Refusal } from '../../hns-bridge/simulator/refusal.ts';
import { type HnsState, readState } from '../../hns-bridge/simulator/state.ts';
import type { Transport } from '../../hns-bridge/transport.ts';

/** A call of a native function, as the simulator's journal names it. */
export interface HnsCall {
  readonly api: 'v1' | 'v2' | 'hcs';
  /** `CreateEndpoint`; V1: `POST /endpoints`. */
  readonly operation: string;
  readonly target: string;
}

/**
 * What a call comes to, in place of what the rules make of it: `perform` is the rule, with its effect
 * and what it returns.
 */
export type Strike = (
  call: HnsCall,
  perform: () => ReturnedText,
) => ReturnedText | Promise<ReturnedText>;

/** The simulated HNS in memory: the same rules, no files. */
export interface MemoryHns {
  readonly transport: Transport;
  state(): HnsState;
  setState(state: HnsState): void;
}

/** Makes one of the text of an hns.json. @param strike asked at each call */
export function memoryHns(text: string, strike: Strike): MemoryHns {
  let state = readState(text);
  const calls: Calls = {
    make: async (call, rule) =>
      strike(call, () => {
        try {
          const effect = rule(state);
          if (effect.state) state = effect.state;
          return { hresult: 0, record: '', text: JSON.stringify(effect.answer) };
        } catch (error) {
          if (error instanceof Refusal) return refusedBy(state.rules.v1Refusals, call.api, error);
          throw error;
        }
      }),
  };
  return {
    transport: transportOver(functionsOver(calls), async () => {}),
    state: () => state,
    setState(changed) {
      state = changed;
    },
  };
}

/** How a dialect tells a refusal. */
export function refusedBy(
  v1Refusals: HnsState['rules']['v1Refusals'],
  api: HnsCall['api'],
  { code, message }: Refusal,
): ReturnedText {
  const text = JSON.stringify(errorDocument(api, code, message));
  return api === 'v1' && v1Refusals === 'answered'
    ? { hresult: 0, record: '', text }
    : { hresult: code, record: text, text: '' };
}
