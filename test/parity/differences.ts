import { formatCidr, parseCidr } from '../../cni/address.ts';
import { isJsonObject } from '../../cni/json-object.ts';
import type { Json } from '../helpers/trial-node.ts';
import type { Case } from './cases.ts';
import type { Observed } from './observe.ts';

/**
 * Where ours is deliberately another than the reference: the only differences there may be. Each is a
 * rule that says exactly what ours does:
 *
 * - `asks`: as the reference does with this other configuration;
 * - `becomes`: as the reference does, but for this;
 * - `judge`: the reference crashes or refuses; then what ours does is looked at by itself, and `judge`
 *   says what is wrong with it.
 */
export interface Difference {
  readonly id: string;
  /** Why. */
  readonly reason: string;
  /** The README's line about it: a part of it, as it stands there. */
  readonly readme: string;
  readonly asks?: (config: Json, played: Case) => Json;
  readonly becomes?: (theirs: readonly Observed[], played: Case) => readonly Observed[];
  readonly judge?: (
    theirs: readonly Observed[],
    ours: readonly Observed[],
    played: Case,
  ) => readonly string[] | undefined;
}

// ---- What a rule is made of.

const has = ({ parts }: Case, says: string) => parts.includes(says);

/** The list of policies in a document that was sent. */
const policiesIn = (document: Json): readonly Json[] =>
  Array.isArray(document['Policies']) ? document['Policies'].filter(isJsonObject) : [];

/** A document whose endpoint is asked for, changed. */
function creating(steps: readonly Observed[], change: (document: Json) => Json) {
  return steps.map((step) => ({
    ...step,
    asked: step.asked.map((request) =>
      isJsonObject(request['create']) ? { ...request, create: change(request['create']) } : request,
    ),
  }));
}

const settingsOf = (policy: Json): Json =>
  isJsonObject(policy['Settings']) ? policy['Settings'] : policy;

/** The exceptions of a policy in either dialect; undefined for one that has no such list. */
function exceptionsIn(policy: Json): readonly string[] | undefined {
  if (String(policy['Type']).toLowerCase() !== 'outboundnat') return undefined;
  const settings = settingsOf(policy);
  const list = settings['Exceptions'] ?? settings['ExceptionList'];
  return Array.isArray(list) ? list.map(String) : undefined;
}

const withExceptions = (
  dialect: Case['dialect'],
  Exceptions: readonly string[],
  more: Json = {},
) =>
  dialect === 'v2'
    ? { Type: 'OutBoundNAT', Settings: { ...more, Exceptions } }
    : { Type: 'OutBoundNAT', ...more, ExceptionList: Exceptions };

const cleared = (text: string) => {
  const cidr = parseCidr(text);
  return cidr ? formatCidr(cidr) : text;
};

const entriesOf = (config: Json): readonly Json[] => {
  const list = config['policies'] ?? config['Policies'];
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
};

const isOurs = (entry: Json) =>
  String(entry['name'] ?? entry['Name']).toLowerCase() === 'endpointpolicy';

const policyOf = (entry: Json): Json => {
  const value = entry['value'] ?? entry['Value'];
  return isJsonObject(value) ? value : {};
};

/** The configuration with other policies; as it was where they are the same. */
function withPolicies(config: Json, policies: readonly Json[]): Json {
  const before = entriesOf(config).filter(isOurs).map(policyOf);
  if (JSON.stringify(before) === JSON.stringify(policies)) return config;
  const { Policies: _, AdditionalArgs: __, ...rest } = config;
  return { ...rest, policies: policies.map((value) => ({ name: 'EndpointPolicy', value })) };
}

const subnetsFirst = ({ subnet }: Case['place'], last: number) =>
  subnet.replace(/\d+\/\d+$/, String(last));

const withIpam = (config: Json, change: (ipam: Json) => Json): Json =>
  isJsonObject(config['ipam']) ? { ...config, ipam: change(config['ipam']) } : config;

/** A result with what containerd needs of it. */
function completedResult(answer: Json, netns: string, version: string): Json {
  const dns = withoutEmptyTexts(answer['dns']);
  const rest = { ...answer };
  delete rest['dns'];
  const named = version >= '1' ? (dns ? { dns } : {}) : { dns: dns ?? {} };
  const routeTo = (gw: unknown) => ({ routes: [{ dst: '0.0.0.0/0', gw }] });
  if (isJsonObject(answer['ip4'])) {
    return { ...rest, ...named, ip4: { ...answer['ip4'], ...routeTo(answer['ip4']['gateway']) } };
  }
  const [first] = Array.isArray(answer['interfaces']) ? answer['interfaces'] : [];
  const ips = Array.isArray(answer['ips']) ? answer['ips'].filter(isJsonObject) : [];
  return {
    ...rest,
    ...named,
    interfaces: [{ ...Object(first), name: 'eth0', sandbox: netns }],
    ips: ips.map((ip) => ({ ...ip, interface: 0 })),
    ...routeTo(ips[0]?.['gateway']),
  };
}

function withoutEmptyTexts(dns: unknown): Json | undefined {
  if (!isJsonObject(dns)) return undefined;
  const kept = Object.entries(dns)
    .map(([key, value]) => [
      key,
      Array.isArray(value) ? value.filter((text) => text !== '') : value,
    ])
    .filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** Versions before 0.3.0 have one address a family: there both refuse two sets. */
const givesTwo = (played: Case) =>
  has(played, 'two sets of ranges') && String(played.config['cniVersion']) >= '0.3.0';

const prefixOf = ({ subnet }: Case['place']) => Number(subnet.split('/')[1]);

const macPrefix = /^[0-9a-f]{2}-[0-9a-f]{2}$/i;

// ---- The rules.

export const differences: readonly Difference[] = [
  {
    id: 'policy shapes',
    reason:
      'operators move from V1 to V2 with the policies they have; a policy must not be lost in silence',
    readme: 'One of the other dialect\n  is translated',
    asks(config, { dialect }) {
      const args = Array.isArray(config['AdditionalArgs']) ? config['AdditionalArgs'] : [];
      const listed = [...entriesOf(config), ...args.filter(isJsonObject)]
        .filter(isOurs)
        .map(policyOf);
      const known = listed.map((policy) => {
        const exceptions = exceptionsIn(policy);
        const inV2 = isJsonObject(policy['Settings']);
        if (exceptions && inV2 !== (dialect === 'v2')) return withExceptions(dialect, exceptions);
        return policy['Type'] === 'SDNROUTE' ? { ...policy, Type: 'SDNRoute' } : policy;
      });
      return withPolicies(config, known);
    },
  },
  {
    id: 'an entry that says nothing',
    reason: 'the reference sends HNS an empty policy, which it refuses',
    readme: 'an entry of `policies` without a name or a value',
    asks: (config, played) =>
      has(played, 'an entry without a value') ? { ...config, policies: [] } : config,
  },
  {
    id: 'ipMasq false',
    reason: 'an operator who writes false means it',
    readme: '`ipMasq: false` adds none',
    asks(config, { place }) {
      if (place.plugin !== 'win-bridge' || config['ipMasq'] !== false) return config;
      const { ipMasqNetwork: _, ...rest } = config;
      return rest;
    },
  },
  {
    id: 'one exception list',
    reason: 'HNS ignores or refuses a second OutBoundNAT of a family',
    readme: 'There is one OutBoundNAT policy for each family, with every exception once',
    asks(config, { dialect, place }) {
      const listed = entriesOf(config).filter(isOurs).map(policyOf);
      const lists = listed.filter((policy) => exceptionsIn(policy));
      const [first] = lists;
      if (!first) return config;
      const masquerade = parseCidr(String(config['ipMasqNetwork']))
        ? config['ipMasqNetwork']
        : undefined;
      const overlay = place.plugin === 'win-overlay';
      const subnet = overlay && config['ipMasq'] === true ? [place.subnet] : [];
      const added = overlay && config['ipMasq'] !== true ? [] : masquerade ? [masquerade] : [];
      const all = [...lists.flatMap((policy) => exceptionsIn(policy) ?? []), ...subnet, ...added];
      const Exceptions = [...new Set(all.map(String).map(cleared))];
      const same = JSON.stringify(Exceptions) === JSON.stringify(exceptionsIn(first));
      const { Exceptions: _, ExceptionList: __, Type: ___, ...more } = settingsOf(first);
      const merged = same ? first : withExceptions(dialect, Exceptions, more);
      return withPolicies(
        config,
        listed.flatMap((policy) =>
          policy === first ? [merged] : exceptionsIn(policy) ? [] : [policy],
        ),
      );
    },
  },
  {
    id: 'the host’s own address',
    reason:
      'flanneld gives the second address of a bridge to the node, and the reference gives it to a pod',
    readme: 'The second address of each subnet of an L2Bridge network',
    asks: (config, played) =>
      played.place.plugin === 'win-bridge' && has(played, 'the whole subnet')
        ? withIpam(config, (ipam) => ({ ...ipam, rangeStart: subnetsFirst(played.place, 3) }))
        : config,
  },
  {
    id: 'the HNS subnet',
    reason: 'a gateway counts where HNS has it: IPAM may answer a wider prefix, or /32',
    readme: "of the HNS network's subnet that holds the pod",
    asks: (config, played) =>
      played.place.plugin === 'win-bridge' && has(played, 'a range inside a wider subnet')
        ? withIpam(config, (ipam) => ({ ...ipam, subnet: played.place.subnet }))
        : config,
  },
  {
    id: 'one address a family',
    reason:
      'the reference uses the first, keeps the others leased, and in old versions cannot delete them',
    readme: 'An endpoint gets the first address of each family',
    asks: (config, played) =>
      givesTwo(played)
        ? withIpam(config, ({ ranges, ...ipam }) => ({
            ...ipam,
            ranges: Array.isArray(ranges) ? ranges.slice(0, 1) : ranges,
          }))
        : config,
    becomes: (steps, played) => (givesTwo(played) ? withSecondSet(steps, played) : steps),
  },
  {
    id: 'no port of the node',
    reason:
      'a container port without a host port asks for nothing; HNS refuses a mapping from port 0',
    readme: '`hostPort` 0',
    asks(config, played) {
      const { runtimeConfig } = config;
      if (!has(played, 'a host port: none') || !isJsonObject(runtimeConfig)) return config;
      const { portMappings: _, ...rest } = runtimeConfig;
      return { ...config, runtimeConfig: rest };
    },
  },
  {
    id: 'our ids',
    reason: 'a repeated ADD finds its endpoint, and DEL needs no search',
    readme: 'endpoints get ids that follow from network, container and interface',
    becomes: (steps, { dialect }) =>
      dialect === 'v1'
        ? steps
        : steps.map((step) => ({
            ...step,
            asked: step.asked.map((request) =>
              request['create'] ? { ...request, idBy: 'ours' } : request,
            ),
          })),
  },
  {
    id: 'prefix lengths',
    reason: 'HNS need not guess it; Azure’s plugin sends it, too',
    readme: 'the prefix length of its address',
    becomes(steps, { dialect, place }) {
      if (place.plugin !== 'win-bridge') return steps;
      const PrefixLength = prefixOf(place);
      return creating(steps, (document) => {
        if (dialect === 'v1') {
          return document['IPAddress'] === undefined ? document : { ...document, PrefixLength };
        }
        const ips = Array.isArray(document['IpConfigurations']) ? document['IpConfigurations'] : [];
        return {
          ...document,
          IpConfigurations: ips.map((ip) => ({ ...Object(ip), PrefixLength })),
        };
      });
    },
  },
  {
    id: 'empty fields',
    reason: 'Go writes the empty values of its structures; they say nothing',
    readme: 'fields without a value',
    becomes: (steps) =>
      creating(steps, ({ Health: _, ...document }) => {
        const policies = policiesIn(document).map((policy) => {
          const { VIP, ...settings } = settingsOf(policy);
          return VIP === '' && policy['Type'] === 'PortMapping'
            ? { ...policy, Settings: settings }
            : policy;
        });
        return policies.length > 0 ? { ...document, Policies: policies } : document;
      }),
  },
  {
    id: 'loopback DSR comes last',
    reason: 'one order of policies in both dialects',
    readme: 'the policy of `loopbackDSR` comes after the others',
    becomes: (steps, { dialect, place }) =>
      place.plugin !== 'win-overlay' || dialect === 'v1'
        ? steps
        : creating(steps, (document) => {
            const policies = policiesIn(document);
            const ip = Object(
              Array.isArray(document['IpConfigurations']) ? document['IpConfigurations'][0] : {},
            );
            const own = policies.filter(
              (policy) =>
                JSON.stringify(settingsOf(policy)['Destinations']) ===
                JSON.stringify([ip['IpAddress']]),
            );
            if (own.length === 0) return document;
            return {
              ...document,
              Policies: [...policies.filter((policy) => !own.includes(policy)), ...own],
            };
          }),
  },
  {
    id: 'ipMasqNetwork on an overlay',
    reason: 'traffic to the other nodes’ pods is not masqueraded either',
    readme: 'on an overlay `ipMasqNetwork` is among the exceptions',
    becomes(steps, { config, dialect, place }) {
      const other = config['ipMasqNetwork'];
      if (place.plugin !== 'win-overlay' || config['ipMasq'] !== true || !other) return steps;
      return creating(steps, (document) => ({
        ...document,
        Policies: policiesIn(document).map((policy) =>
          exceptionsIn(policy)?.join() === place.subnet
            ? withExceptions(dialect, [place.subnet, String(other)])
            : policy,
        ),
      }));
    },
  },
  {
    id: 'host ports on an overlay',
    reason: 'the reference leaves them out without a word',
    readme: 'Host ports are mapped on an overlay',
    becomes(steps, { config, dialect, place }) {
      const { runtimeConfig } = config;
      const mappings = isJsonObject(runtimeConfig) ? runtimeConfig['portMappings'] : undefined;
      if (place.plugin !== 'win-overlay' || !Array.isArray(mappings)) return steps;
      return steps.map((step, index) => {
        const offset = step.answer && index > 0 && isSecondPod(step) ? 1000 : 0;
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
    id: 'the DNS domain of Docker’s pods',
    reason: 'V1 has it, and the reference leaves it out',
    readme: 'the domain of `dns` goes to HNS under Docker too',
    becomes(steps, { config, dialect }) {
      const domain = isJsonObject(config['dns']) ? config['dns']['domain'] : undefined;
      if (dialect === 'v2' || domain === undefined) return steps;
      return creating(steps, (document) => ({ ...document, DNSDomain: domain })).map((step) => ({
        ...step,
        answer: step.answer && { ...step.answer, dns: { ...Object(step.answer['dns']), domain } },
      }));
    },
  },
  {
    id: 'results',
    reason:
      'containerd’s libraries want the interface that was asked for, and each address pointing to it',
    readme: 'a result has the interface by the name that was asked for',
    becomes: (steps, { config, steps: played }) =>
      steps.map((step, index) => ({
        ...step,
        answer:
          step.answer &&
          completedResult(step.answer, played[index]?.netns ?? '', String(config['cniVersion'])),
      })),
  },
  {
    id: 'workloads of Docker are let go by HCS',
    reason: 'they were attached by it',
    readme: 'by HCS, which attached it',
    becomes: (steps) =>
      steps.map((step) => ({
        ...step,
        asked: step.asked.map((request) =>
          request['detach'] === undefined
            ? request
            : {
                ResourceType: 'Network',
                RequestType: 'Remove',
                Settings: request['detach'],
                container: request['ContainerId'],
              },
        ),
      })),
  },
  {
    id: 'repeated ADD',
    reason: 'a runtime that did not hear the answer asks again',
    readme: 'A repeated ADD gives the same result again',
    becomes: (steps, played) =>
      steps.map((step, index) => {
        const before = steps[index - 1];
        const again = isRepeated(played, index);
        if (!again || step.done || !before?.done) return step;
        return { ...before, asked: [], said: '' };
      }),
  },
  {
    id: 'DEL after an ADD that was refused',
    reason: 'the runtime sends it, and there is nothing to delete',
    readme: 'DEL reads of the configuration only what it needs',
    becomes: (steps, played) =>
      steps.map((step, index) =>
        played.steps[index]?.command === 'DEL' && /does not support more than 1/.test(step.said)
          ? { ...step, done: true }
          : step,
      ),
  },
  {
    id: 'no address, no loopback DSR',
    reason: 'the reference sends HNS a destination of "<nil>"',
    readme: 'where HNS chooses the address, `loopbackDSR`',
    becomes: (steps) =>
      creating(steps, (document) => {
        const policies = policiesIn(document);
        const good = policies.filter(
          (policy) => JSON.stringify(settingsOf(policy)['Destinations']) !== '["<nil>"]',
        );
        return good.length === policies.length ? document : { ...document, Policies: good };
      }),
  },
  {
    id: 'wrong before anything is done',
    reason: 'a MAC prefix that is none can be told before an address is taken',
    readme: 'is checked to be hex',
    becomes: (steps, { config, place }) => {
      const prefix = config['endpointMacPrefix'];
      const wrong =
        place.plugin === 'win-overlay' && prefix !== undefined && !macPrefix.test(String(prefix));
      return wrong ? steps.map((step) => ({ ...step, leases: {} })) : steps;
    },
  },
  {
    id: 'a protocol of nobody’s',
    reason: 'a port that is not mapped must not go unnoticed',
    readme: 'A port mapping\n  with an unknown protocol is refused',
    judge(_, ours, played) {
      if (!has(played, 'a host port: a protocol of nobody’s')) return undefined;
      return ours.flatMap((step, index) => {
        if (played.steps[index]?.command === 'DEL') return step.done ? [] : [step.said];
        const said = step.said.includes('runtimeConfig.portMappings[0].protocol');
        const clean = Object.keys(step.leases).length === 0 && step.asked.length === 0;
        return !step.done && said && clean ? [] : [`ADD: ${JSON.stringify(step)}`];
      });
    },
  },
  {
    id: 'addresses that HNS chooses',
    reason:
      'the reference sends V2 an address of no letters, and win-overlay’s V1 asks an IPAM of no name',
    readme: 'No `ipam`',
    judge(theirs, ours, played) {
      const refused = theirs.some(
        ({ done }, index) => !done && played.steps[index]?.command === 'ADD',
      );
      if (!has(played, 'no ipam') || !refused) return undefined;
      return ours.flatMap((step, index) => {
        if (!step.done) return [step.said];
        if (played.steps[index]?.command === 'DEL') return [];
        const ips = JSON.stringify(step.answer).match(/10\.24[45]\.\d+\.\d+\//g);
        return ips && Object.keys(step.leases).length === 0 ? [] : [JSON.stringify(step)];
      });
    },
  },
];

function isRepeated({ steps }: Case, index: number): boolean {
  const [before, step] = [steps[index - 1], steps[index]];
  return (
    before?.command === 'ADD' && step?.command === 'ADD' && before.containerId === step.containerId
  );
}

const isSecondPod = (step: Observed) => JSON.stringify(step.asked).includes('"pod2_');

const isListed = (config: Json, policy: Json) =>
  entriesOf(config)
    .map(policyOf)
    .some((listed) => JSON.stringify(listed) === JSON.stringify(policy));

const protocolNumbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17, '6': 6 };

function portPolicy(dialect: Case['dialect'], mapping: Json, offset: number): Json {
  const { containerPort, hostIP, hostPort, protocol } = mapping;
  const ports = { InternalPort: containerPort, ExternalPort: Number(hostPort) + offset };
  if (dialect === 'v1') return { Type: 'NAT', ...ports, Protocol: protocol };
  const Protocol = protocolNumbers[String(protocol).toLowerCase()];
  return {
    Type: 'PortMapping',
    Settings: { Protocol, ...ports, ...(hostIP === undefined ? {} : { VIP: hostIP }) },
  };
}

/** The second set's round-robin mark, which stays though its address is given back. */
function withSecondSet(steps: readonly Observed[], { place }: Case): readonly Observed[] {
  const mark = `${place.network}/last_reserved_ip.1`;
  return steps.map((step) => {
    const first = step.leases[`${place.network}/last_reserved_ip.0`];
    if (first === undefined) return step;
    const last = first.replace(/\d+$/, (number) => String(Number(number) + 10));
    return { ...step, leases: { ...step.leases, [mark]: last } };
  });
}
