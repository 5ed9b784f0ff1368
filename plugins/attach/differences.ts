import { canonicalAddress } from '../../cni/address.ts';
import type { IpConfig, Result } from '../../cni/result.ts';
import { degradedState, type Endpoint, type EndpointDocument } from '../../hns-bridge/documents.ts';
import { describePolicy, policyMatcher } from '../../hns-bridge/policy/compare.ts';
import type { Policy } from '../../hns-bridge/policy/policy.ts';
import { isAttached } from './endpoint.ts';
import { exceptionLists, isExceptionList } from './exception-lists.ts';
import type { Plan } from './plan.ts';
import type { Sandbox } from './sandbox.ts';

/** A difference as it is told. */
const line = (what: string, expected: string, found: string) =>
  `${what}: expected ${expected || 'none'}, found ${found || 'none'}`;

/** What an operator calls a field of an endpoint. */
const words: Readonly<Record<string, string>> = {
  HostComputeNetwork: 'network',
  MacAddress: 'MAC address',
};

/** The fields of one value. An endpoint that the reference made has another id, and may stay. */
function plainFields({
  ID: _,
  Name: __,
  ...rest
}: EndpointDocument): (readonly [string, string])[] {
  return Object.entries(rest).flatMap(([key, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[key, String(value)] as const] : [],
  );
}

/**
 * Where an endpoint is not what was planned, a line for each. More than was planned is no difference, but
 * for a second exception list.
 * @param isOurs whether the endpoint is compared as one of our making: the reference makes several lists
 */
export function planDifferences(
  { endpoint: wanted }: Plan,
  endpoint: Endpoint,
  sandbox: Sandbox,
  isOurs: boolean,
): string[] {
  const lines: string[] = [];
  const compare = (what: string, expected = '', found = '') => {
    if (expected !== found) lines.push(line(what, expected, found));
  };
  const lists = (what: string, expected: readonly string[] = [], found: readonly string[] = []) =>
    compare(what, expected.join(', '), found.join(', '));
  for (const [key, expected] of plainFields(wanted)) {
    const found = new Map(plainFields(endpoint)).get(key);
    // Ids and MAC addresses come in either letter case.
    if (found?.toLowerCase() !== expected.toLowerCase())
      compare(words[key] ?? key, expected, found);
  }
  if (endpoint.State === degradedState) lines.push(line('state', 'healthy', 'degraded'));
  if (sandbox.dialect === 'v2') {
    compare('namespace', sandbox.target, endpoint.HostComputeNamespace);
  } else if (!isAttached(endpoint, sandbox)) {
    lists('container', [sandbox.target], endpoint.SharedContainers);
  }
  for (const route of wanted.Routes ?? []) {
    const there = endpoint.Routes?.find(
      ({ DestinationPrefix }) => DestinationPrefix === route.DestinationPrefix,
    );
    compare(`route to ${route.DestinationPrefix}`, route.NextHop, there?.NextHop);
  }
  lists('DNS servers', wanted.Dns?.ServerList, endpoint.Dns?.ServerList);
  // V1 has no place for them.
  if (sandbox.dialect === 'v2') lists('DNS options', wanted.Dns?.Options, endpoint.Dns?.Options);
  lists('DNS search list', wanted.Dns?.Search, endpoint.Dns?.Search);
  compare('DNS domain', wanted.Dns?.Domain, endpoint.Dns?.Domain);
  const there = endpoint.Policies ?? [];
  lines.push(...policyDifferences(wanted.Policies ?? [], isOurs ? there : withOneList(there)));
  if (isOurs) lines.push(...spareLists(wanted.Policies ?? [], there));
  return lines;
}

/** How many policies of a type a line names. */
const mostNamed = 5;

function policyDifferences(wanted: readonly Policy[], found: readonly Policy[]): string[] {
  const isThere = policyMatcher(found);
  return wanted
    .filter((policy) => !isThere(policy))
    .map((policy) => {
      const alike = found.filter(({ Type }) => Type === policy.Type);
      const named = alike.slice(0, mostNamed).map(describePolicy);
      const more = alike.length > mostNamed ? [`and ${alike.length - mostNamed} more`] : [];
      return line('policy', describePolicy(policy), [...named, ...more].join('; '));
    });
}

/** HNS goes by one exception list of a family, and nobody says which of two. */
function spareLists(wanted: readonly Policy[], found: readonly Policy[]): string[] {
  const lists = found.filter(isExceptionList);
  const expected = wanted.filter(isExceptionList).length;
  if (lists.length <= Math.max(expected, 1)) return [];
  const shown = lists.slice(0, mostNamed).map(describePolicy).join('; ');
  return [line('exception lists', String(expected), `${lists.length}: ${shown}`)];
}

/** Of the exception lists, the reference makes several, each exception counts once. */
function withOneList(policies: readonly Policy[]): readonly Policy[] {
  const lists = policies.filter(isExceptionList).map((value) => ({ value, from: 'HNS' }));
  const one = exceptionLists(lists, []).map(({ value }) => value);
  return [...policies.filter((policy) => !isExceptionList(policy)), ...one];
}

function sortedAddresses(texts: readonly string[]): string {
  return texts
    .map((text) => text.replace(/\/.*/, ''))
    .map((address) => canonicalAddress(address) ?? address)
    .sort()
    .join(', ');
}

/** Where the result that the runtime keeps is not what is there, a line for each. */
export function resultDifferences(
  result: Result,
  own: readonly IpConfig[],
  ifName: string,
  endpoint: Endpoint,
): string[] {
  const ours = result.interfaces.find(({ name }) => name === ifName);
  const mac = ours?.mac?.replaceAll(':', '-').toUpperCase();
  const found = endpoint.MacAddress?.toUpperCase() ?? '';
  const wanted = sortedAddresses(own.map(({ address }) => address));
  const there = sortedAddresses(
    (endpoint.IpConfigurations ?? []).map(({ IpAddress = '' }) => IpAddress),
  );
  return [
    ...(wanted === there ? [] : [line('addresses', wanted, there)]),
    ...(mac === undefined || mac === '' || mac === found ? [] : [line('MAC address', mac, found)]),
  ];
}
