import type { Check } from './check.ts';

/** Every check, in the order in which doctor tells what it found. */
export const checks: readonly Check[] = [];
