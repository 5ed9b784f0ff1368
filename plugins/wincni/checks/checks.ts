import type { Check } from './check.ts';
import { confChecks } from './conf.ts';
import { stateChecks } from './state.ts';

/** Every check, in the order in which doctor tells what it found. */
export const checks: readonly Check[] = [...confChecks, ...stateChecks];
