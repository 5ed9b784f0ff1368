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
  /** The line about it in docs/migration.md: a part of it, as it stands there. */
  readonly documented: string;
  readonly asks?: (config: Json, played: Case) => Json;
  readonly becomes?: (theirs: readonly Observed[], played: Case) => readonly Observed[];
  readonly judge?: (
    theirs: readonly Observed[],
    ours: readonly Observed[],
    played: Case,
  ) => readonly string[] | undefined;
}

export const has = ({ parts }: Case, says: string) => parts.includes(says);

/** The list of policies in a document that was sent. */
export const policiesIn = (document: Json): readonly Json[] =>
  Array.isArray(document['Policies']) ? document['Policies'].filter(isJsonObject) : [];

/** A document whose endpoint is asked for, changed. */
export function creating(steps: readonly Observed[], change: (document: Json) => Json) {
  return steps.map((step) => ({
    ...step,
    asked: step.asked.map((request) =>
      isJsonObject(request['create']) ? { ...request, create: change(request['create']) } : request,
    ),
  }));
}

export const settingsOf = (policy: Json): Json =>
  isJsonObject(policy['Settings']) ? policy['Settings'] : policy;

/** The exceptions of a policy in either dialect; undefined for one that has no such list. */
export function exceptionsIn(policy: Json): readonly string[] | undefined {
  if (String(policy['Type']).toLowerCase() !== 'outboundnat') return undefined;
  const settings = settingsOf(policy);
  const list = settings['Exceptions'] ?? settings['ExceptionList'];
  return Array.isArray(list) ? list.map(String) : undefined;
}

export const withExceptions = (
  dialect: Case['dialect'],
  Exceptions: readonly string[],
  more: Json = {},
) =>
  dialect === 'v2'
    ? { Type: 'OutBoundNAT', Settings: { ...more, Exceptions } }
    : { Type: 'OutBoundNAT', ...more, ExceptionList: Exceptions };

export const cleared = (text: string) => {
  const cidr = parseCidr(text.includes('/') ? text : `${text}/32`);
  return cidr ? formatCidr(cidr) : text;
};

export const entriesOf = (config: Json): readonly Json[] => {
  const list = config['policies'] ?? config['Policies'];
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
};

export const isOurs = (entry: Json) =>
  String(entry['name'] ?? entry['Name']).toLowerCase() === 'endpointpolicy';

export const policyOf = (entry: Json): Json => {
  const value = entry['value'] ?? entry['Value'];
  return isJsonObject(value) ? value : {};
};

/** The configuration with other policies; as it was where they are the same. */
export function withPolicies(config: Json, policies: readonly Json[]): Json {
  const before = entriesOf(config).filter(isOurs).map(policyOf);
  if (JSON.stringify(before) === JSON.stringify(policies)) return config;
  const { Policies: _, AdditionalArgs: __, ...rest } = config;
  return { ...rest, policies: policies.map((value) => ({ name: 'EndpointPolicy', value })) };
}

export const subnetsFirst = ({ subnet }: Case['place'], last: number) =>
  subnet.replace(/\d+\/\d+$/, String(last));

export const withIpam = (config: Json, change: (ipam: Json) => Json): Json =>
  isJsonObject(config['ipam']) ? { ...config, ipam: change(config['ipam']) } : config;

/** A result with what containerd needs of it. */
export function completedResult(answer: Json, netns: string, version: string): Json {
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
export const givesTwo = (played: Case) =>
  has(played, 'two sets of ranges') && String(played.config['cniVersion']) >= '0.3.0';

export const prefixOf = ({ subnet }: Case['place']) => Number(subnet.split('/')[1]);

const macPrefix = /^[0-9a-f]{2}-[0-9a-f]{2}$/i;

/** Whether the MAC prefix of win-overlay is none: ours tells it before anything is done. */
export function hasWrongMacPrefix({ config, place }: Case): boolean {
  const prefix = config['endpointMacPrefix'];
  return place.plugin === 'win-overlay' && prefix !== undefined && !macPrefix.test(String(prefix));
}

export const isListed = (config: Json, policy: Json) =>
  entriesOf(config)
    .map(policyOf)
    .some((listed) => JSON.stringify(listed) === JSON.stringify(policy));
