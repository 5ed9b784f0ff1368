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

type Rule = NonNullable<Facts['firewall']>['rules'][number];

/** The firewall, in the words of the cmdlets. */
export function firewallOf(found: FirewallAnswer | undefined): Facts['firewall'] {
  if (!found) return undefined;
  const profiles = found.profiles.map(({ enabled, inbound, name }) => ({
    name,
    enabled,
    defaultInbound: actionOf(inbound),
  }));
  const own = found.rules.map(({ action, name, ports, program, protocol = 256, remote, service }) =>
    defined({
      name,
      direction: 'In' as const,
      action: actionOf(action),
      protocol: protocolOf(protocol),
      localPorts: listedPorts(ports),
      program,
      service,
      remote: remote === undefined || remote === '*' ? undefined : remote.split(','),
    }),
  );
  const names = profiles.map(({ name }) => name);
  return { profiles, rules: [...own, ...found.policy.flatMap((text) => policyRule(text, names))] };
}

const protocolOf = (protocol: number) => protocols[protocol] ?? String(protocol);

/** A rule of a group policy (MS-GPFAS, 2.2.2): `v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=17|LPort=4789|Name=x|`. */
function policyRule(text: string, profiles: readonly string[]): readonly Rule[] {
  const pairs = text.split('|').flatMap((part) => {
    const [, key, value] = /^(\w+)=(.*)$/s.exec(part) ?? [];
    return key === undefined || value === undefined ? [] : [{ key: key.toLowerCase(), value }];
  });
  const all = (pattern: RegExp) =>
    pairs.flatMap(({ key, value }) => (pattern.test(key) ? [value] : []));
  const one = (name: string) => pairs.find(({ key }) => key === name)?.value;
  const of = all(/^profile$/);
  const isOn = /^true$/i.test(one('active') ?? '') && /^in$/i.test(one('dir') ?? '');
  if (!isOn || (of.length > 0 && !of.some((name) => profiles.includes(name)))) return [];
  const ports = all(/^lport/);
  const remote = all(/^ra\d/);
  return [
    defined({
      name: one('name') ?? '',
      direction: 'In' as const,
      action: /^allow$/i.test(one('action') ?? '') ? ('Allow' as const) : ('Block' as const),
      protocol: protocolOf(Number(one('protocol') ?? 256)),
      localPorts: ports.length > 0 ? ports : ['Any'],
      program: one('app'),
      service: one('svc'),
      remote: remote.length > 0 ? remote : undefined,
      policy: true,
    }),
  ];
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
