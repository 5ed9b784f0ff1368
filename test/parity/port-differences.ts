import { isJsonObject } from '../../cni/json-object.ts';
import type { Json } from '../helpers/trial-node.ts';
import type { Case } from './cases.ts';
import {
  creating,
  type Difference,
  has,
  hasWrongMacPrefix,
  isListed,
  policiesIn,
  settingsOf,
} from './difference.ts';

/** Of host ports. */
export const portDifferences: readonly Difference[] = [
  {
    id: 'no port of the node',
    reason:
      'a container port without a host port asks for nothing; HNS refuses a mapping from port 0',
    documented: '`hostPort` 0',
    asks(config, played) {
      const { runtimeConfig } = config;
      if (!has(played, 'a host port: none') || !isJsonObject(runtimeConfig)) return config;
      const { portMappings: _, ...rest } = runtimeConfig;
      return { ...config, runtimeConfig: rest };
    },
  },
  {
    id: 'a host port without a protocol',
    reason: 'the field may be left out, and is TCP everywhere else',
    documented: 'A mapping without `protocol` is one of TCP',
    asks(config, played) {
      const { runtimeConfig } = config;
      if (!has(played, 'a host port: no protocol') || !isJsonObject(runtimeConfig)) return config;
      const mappings = Array.isArray(runtimeConfig['portMappings'])
        ? runtimeConfig['portMappings'].map((mapping) => ({ ...mapping, protocol: 'tcp' }))
        : [];
      return { ...config, runtimeConfig: { ...runtimeConfig, portMappings: mappings } };
    },
  },
  {
    id: 'host ports on an overlay',
    reason: 'the reference leaves them out without a word',
    documented: 'Host ports are mapped on an overlay',
    becomes(steps, { config, dialect, place, steps: played }) {
      const { runtimeConfig } = config;
      const mappings = isJsonObject(runtimeConfig) ? runtimeConfig['portMappings'] : undefined;
      if (place.plugin !== 'win-overlay' || !Array.isArray(mappings)) return steps;
      return steps.map((step, index) => {
        const offset = played[index]?.containerId === 'pod1' ? 0 : 1000;
        const wanted = mappings
          .filter(({ hostPort, protocol }) => hostPort !== 0 && protocol !== 'sctp')
          .map((mapping) => portPolicy(dialect, mapping, offset));
        const [changed] = creating([step], (document) => {
          const policies = policiesIn(document);
          const isDsr = (policy: Json) => settingsOf(policy)['Destinations'] !== undefined;
          const all = [
            ...policies.filter((policy) => !isDsr(policy) || isListed(config, policy)),
            ...wanted,
            ...policies.filter((policy) => isDsr(policy) && !isListed(config, policy)),
          ];
          return all.length > 0 ? { ...document, Policies: all } : document;
        });
        return changed ?? step;
      });
    },
  },
  {
    id: 'local-routed host ports',
    reason: 'Microsoft’s flag, which an operator writes only to have it',
    documented: "`optionalFlags` and `additionalRoutes`, which are Microsoft's",
    becomes: (steps, played) =>
      has(played, 'local-routed host ports')
        ? creating(steps, (document) => ({
            ...document,
            Policies: policiesIn(document).map((policy) =>
              policy['Type'] === 'PortMapping'
                ? { ...policy, Settings: { ...settingsOf(policy), Flags: 1 } }
                : policy,
            ),
          }))
        : steps,
  },
  {
    id: 'a protocol of nobody’s',
    reason: 'a port that is not mapped must not go unnoticed',
    documented: 'A port mapping\n  with an unknown protocol is refused',
    judge(_, ours, played) {
      if (!has(played, 'a host port: a protocol of nobody’s')) return undefined;
      return ours.flatMap((step, index) => {
        const command = played.steps[index]?.command;
        if (command !== 'ADD') return step.done === (command === 'DEL') ? [] : [step.said];
        const key = hasWrongMacPrefix(played) ? 'endpointMacPrefix' : 'portMappings[0].protocol';
        const said = step.said.includes(key);
        const clean = Object.keys(step.leases).length === 0 && step.asked.length === 0;
        return !step.done && said && clean ? [] : [`ADD: ${JSON.stringify(step)}`];
      });
    },
  },
];

const protocolNumbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17, '6': 6, '0x11': 17 };

function portPolicy(dialect: Case['dialect'], mapping: Json, offset: number): Json {
  const { containerPort, hostIP = '', hostPort, protocol = 'tcp' } = mapping;
  const ports = { InternalPort: containerPort, ExternalPort: Number(hostPort) + offset };
  if (dialect === 'v1') return { Type: 'NAT', ...ports, Protocol: protocol };
  const Protocol = protocolNumbers[String(protocol).toLowerCase()];
  return {
    Type: 'PortMapping',
    Settings: { Protocol, ...ports, ...(hostIP === '' ? {} : { VIP: hostIP }) },
  };
}
