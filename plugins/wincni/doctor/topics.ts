import type { Check } from '../checks/check.ts';
import { type Terminal, wrapped } from '../terminal.ts';

/** `doctor --help checks`: every check, with what it looks at. */
export function checksText(terminal: Terminal, checks: readonly Check[]): string {
  const width = Math.max(0, ...checks.map(({ id }) => id.length));
  const indent = ' '.repeat(width + 2);
  return checks
    .map(({ about, id }) => `${id.padEnd(width)}  ${wrapped(terminal, about, indent)}\n`)
    .join('');
}

/**
 * What pods on Windows cannot do, whatever the configuration: Kubernetes' "Networking on Windows", and
 * Microsoft's "Troubleshooting Kubernetes" for SDN.
 */
const limits = [
  [
    'no ping out of the cluster',
    'SNAT knows TCP and UDP, and no ICMP: try curl in the place of ping',
  ],
  [
    'no NodePort and no service address from the node itself',
    'from pods, from other nodes and from outside they can be reached',
  ],
  ['no host network', 'hostNetwork: true is not for Windows pods'],
  [
    'no node to a remote pod on VXLAN',
    "a node's own packets do not enter the overlay: pods reach remote pods",
  ],
] as const;

/** `doctor --help limits`. */
export function limitsText(terminal: Terminal): string {
  const lines = limits.map(([what, why]) => `${what}\n    ${wrapped(terminal, why, '    ')}\n`);
  return `What pods on Windows cannot do, and no configuration mends:\n\n${lines.join('')}`;
}
