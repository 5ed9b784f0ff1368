import type { ReturnedText } from '../native-functions.ts';
import type { Calls } from './calls.ts';
import { functionsOver, type SimulatedFunctions } from './functions.ts';
import { errorDocument, Refusal } from './refusal.ts';
import { type HnsState, readState } from './state.ts';

/**
 * A simulated HNS that is nowhere but in memory, for who only asks what it would say.
 * @param text of an hns.json
 * @param newId gives the ids that HNS chooses
 */
export function functionsInMemory(text: string, newId: () => string): SimulatedFunctions {
  let state = readState(text);
  const calls: Calls = {
    async make({ api }, rule) {
      try {
        const effect = rule(state);
        state = effect.state ?? state;
        return { hresult: 0, record: '', text: JSON.stringify(effect.answer) };
      } catch (error) {
        if (error instanceof Refusal) return refusedBy(state.rules.v1Refusals, api, error);
        throw error;
      }
    },
  };
  return functionsOver(calls, newId);
}

/** How a dialect tells a refusal. */
function refusedBy(
  v1Refusals: HnsState['rules']['v1Refusals'],
  api: 'v1' | 'v2' | 'hcs',
  { code, message }: Refusal,
): ReturnedText {
  const text = JSON.stringify(errorDocument(api, code, message));
  return api === 'v1' && v1Refusals === 'answered'
    ? { hresult: 0, record: '', text }
    : { hresult: code, record: text, text: '' };
}
