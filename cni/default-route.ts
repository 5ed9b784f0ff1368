import type { Cidr } from './address.ts';

/** The destination of a default route, by family. */
export const anywhere = { 4: '0.0.0.0/0', 6: '::/0' } as const;

/** Whether a destination is a default route's, as it is written in CNI's and HNS's documents. */
export function isDefaultRoute(destination: string | undefined): boolean {
  return destination === anywhere[4] || destination === anywhere[6];
}

/** Whether a block is every address of its family. */
export function isAnywhere(destination: Cidr): boolean {
  return destination.prefixLength === 0;
}
