import { addressDifferences } from './address-differences.ts';
import type { Difference } from './difference.ts';
import { podDifferences } from './pod-differences.ts';
import { policyDifferences } from './policy-differences.ts';
import { portDifferences } from './port-differences.ts';

/** All of them, in the order in which they are applied. */
export const differences: readonly Difference[] = [
  ...policyDifferences,
  ...addressDifferences,
  ...portDifferences,
  ...podDifferences,
];
