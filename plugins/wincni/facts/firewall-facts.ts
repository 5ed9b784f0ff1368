import type * as z from 'zod/mini';
import { defined } from '../../../system/defined.ts';
import type { Facts } from './facts.ts';
import type { Lacking } from './probe.ts';
import type { answers } from './windows-answers.ts';

type FirewallAnswer = z.output<ReturnType<(typeof answers)['firewall']>>;
type PortsAnswer = z.output<ReturnType<(typeof answers)['ports']>>;

/** NET_FW_IP_PROTOCOL, as Get-NetFirewallPortFilter writes it. */
const protocols: Readonly<Record<number, string>> = { 6: 'TCP', 17: 'UDP', 256: 'Any' };

/** NET_FW_ACTION: 0 blocks, 1 allows. */
const actionOf = (action: number | undefined) => (action === 1 ? 'Allow' : 'Block');

/** The firewall, in the words of the cmdlets. */
export function firewallOf(found: FirewallAnswer | undefined): Facts['firewall'] {
  if (!found) return undefined;
  return {
    profiles: found.profiles.map(({ enabled, inbound, name }) => ({
      name,
      enabled,
      defaultInbound: actionOf(inbound),
    })),
    rules: found.rules.map(({ action, name, ports, program, protocol = 256 }) =>
      defined({
        name,
        direction: 'In' as const,
        action: actionOf(action),
        protocol: protocols[protocol] ?? String(protocol),
        localPorts: listedPorts(ports),
        program,
      }),
    ),
  };
}

/** `4789,8000-8100`; a star, or nothing, for any. */
function listedPorts(text = '*'): string[] {
  const ports = text.split(',').map((port) => port.trim());
  return ports.map((port) => (port === '*' || port === '' ? 'Any' : port));
}

/** TCP's port ranges: the dynamic one of the class, and the excluded ones that netsh lists. */
export function portsOf(found: PortsAnswer | undefined, lacking: Lacking): Facts['ports'] {
  if (!found) return undefined;
  const ranges = found.settings.flatMap(({ count, name, start }) =>
    start && count ? [{ name, start, end: start + count - 1 }] : [],
  );
  // Setting by setting the same range: TCP has one.
  const dynamic = ranges.find(({ name }) => name === 'Internet') ?? ranges[0];
  if (!dynamic) {
    const what = 'no setting of TCP has a dynamic range of ports';
    lacking.add({ fact: 'ports', reason: 'failed', what });
    return undefined;
  }
  return {
    dynamic: { start: dynamic.start, end: dynamic.end },
    excluded: found.excluded.flatMap((line) => {
      const [, start, end] = /^\s*(\d{1,5})\s+(\d{1,5})\b/.exec(line) ?? [];
      return start && end ? [{ start: Number(start), end: Number(end) }] : [];
    }),
  };
}
