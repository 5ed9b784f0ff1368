import type { Facts } from '../facts/facts.ts';
import { check } from './check.ts';
import { quoted } from './commands.ts';
import { isOnType } from './reading/hns-networks.ts';

type FirewallRule = NonNullable<Facts['firewall']>['rules'][number];

interface Door {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  readonly what: string;
  /** Of a rule for a program: whether it is for this one. */
  readonly program: RegExp;
}

const vxlan: Door = {
  protocol: 'UDP',
  port: 4789,
  what: 'VXLAN, with which pods reach pods of other nodes',
  program: /^(?:System|Any)$/i,
};

const kubelet: Door = {
  protocol: 'TCP',
  port: 10250,
  what: 'kubelet, for kubectl logs and exec',
  program: /^(?:System|Any)$|[\\/](?:kubelet|rke2)\.exe$/i,
};

/** Windows' firewall. */
export const firewallCheck = check({
  id: 'node.firewall',
  about: "whether Windows' firewall lets in VXLAN (UDP 4789) and what kubelet is asked (TCP 10250)",
  levels: ['warn'],
  needs: ['firewall'],
  unknown: ({ facts }) =>
    facts.firewall?.profiles.length === 0 ? 'no profile of the firewall is in use' : undefined,
  find({ configurations, facts }) {
    const { profiles = [], rules = [] } = facts.firewall ?? {};
    const filtering = profiles.filter(({ enabled }) => enabled);
    if (filtering.length === 0) return [];
    const doors = isOnType(facts, configurations, 'overlay') ? [vxlan, kubelet] : [kubelet];
    // What no rule names is let in where the profile says so; elsewhere (Block, NotConfigured) it is not.
    const isOpen = filtering.every(({ defaultInbound }) => defaultInbound === 'Allow');
    return doors.flatMap((door) => {
      const blocking = rules.find((rule) => isFor(rule, door, 'Block'));
      if (blocking) {
        return [
          {
            level: 'warn' as const,
            what: `the rule ${blocking.name} blocks ${door.protocol} ${door.port}: ${door.what}`,
            remedy: blocking.policy
              ? ['a group policy has it: take it out there']
              : [`Disable-NetFirewallRule -DisplayName ${quoted(blocking.name)}`],
          },
        ];
      }
      if (isOpen || rules.some((rule) => isFor(rule, door, 'Allow'))) return [];
      return [
        {
          level: 'warn' as const,
          what: `no rule of the firewall lets ${door.protocol} ${door.port} in: ${door.what}`,
          remedy: [opened(door)],
        },
      ];
    });
  },
});

function isFor(rule: FirewallRule, { port, program, protocol }: Door, action: 'Allow' | 'Block') {
  const protocols = [protocol, 'Any', protocol === 'TCP' ? '6' : '17'];
  // What keeps some senders out lets the others in; a service has a door of its own.
  if (rule.service !== undefined || (action === 'Block' && rule.remote !== undefined)) return false;
  return (
    rule.direction === 'In' &&
    rule.action === action &&
    protocols.some((one) => one.toLowerCase() === rule.protocol.toLowerCase()) &&
    rule.localPorts.some((text) => holdsPort(text, port)) &&
    (rule.program === undefined || program.test(rule.program))
  );
}

/** `Any`, `4789`, `8000-8100`, as Get-NetFirewallPortFilter writes them. */
function holdsPort(text: string, port: number): boolean {
  if (/^any$/i.test(text)) return true;
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  return first !== undefined && Number(first) <= port && port <= Number(last);
}

function opened({ port, protocol, what }: Door): string {
  const name = quoted(`Kubernetes: ${what.split(',')[0]}`);
  return `New-NetFirewallRule -DisplayName ${name} -Direction Inbound -Action Allow -Protocol ${protocol} -LocalPort ${port}`;
}
