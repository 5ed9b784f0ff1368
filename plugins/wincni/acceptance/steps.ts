import { attaching, bareEndpoints, firstDialect } from './endpoint-steps.ts';
import { deleteNetwork, makeNamespaces, makeNetwork, managementAddress } from './network-steps.ts';
import { crowd, heldLease, killed, podLife } from './pod-steps.ts';
import { refusals } from './refusals.ts';
import { serviceStopped } from './restart-step.ts';
import type { Step } from './step.ts';

/** The trial of a mode by a way, in this order: what may do harm to the network comes late. */
export const steps: readonly Step[] = [
  makeNetwork,
  managementAddress,
  makeNamespaces,
  podLife,
  bareEndpoints,
  refusals,
  firstDialect,
  attaching,
  crowd,
  killed,
  heldLease,
  serviceStopped,
  deleteNetwork,
];
