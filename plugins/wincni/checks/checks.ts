import type { Check } from './check.ts';
import { stateChecks } from './state.ts';

/** Every check, in the order in which doctor tells what it found. */
export const checks: readonly Check[] = [...stateChecks];
