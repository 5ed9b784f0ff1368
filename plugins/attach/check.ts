import { canonicalAddress, parseAddress, parseCidr } from '../../cni/address.ts';
import { CniError, code, invalidConfig } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import { prevResultOf } from '../../cni/read-result.ts';
import type { IpConfig, Result } from '../../cni/result.ts';
import { degradedState, type Endpoint, type EndpointDocument } from '../../hns-bridge/documents.ts';
import { describePolicy, samePolicy } from '../../hns-bridge/policy/compare.ts';
import { askIpam, ipamType } from '../../ipam/address-source.ts';
import type { AllocatedIp } from '../../ipam/allocation.ts';
import { defined } from '../../system/defined.ts';
import { readAttachment } from './attachment.ts';
import { readAttachConfig } from './config.ts';
import type { AttachDeps } from './deps.ts';
import { resultDns } from './dns.ts';
import { findOwn, isAttached } from './endpoint.ts';
import type { Mode } from './modes.ts';
import { findNetwork, missingNetwork, wrongType } from './network.ts';
import { type Plan, planEndpoint } from './plan.ts';
import type { Sandbox } from './sandbox.ts';

/**
 * CHECK: that the endpoint is as ADD would make it for this prevResult, and that IPAM still holds
 * the lease. Throws code 100, each difference on a line of the details: expected against found.
 */
export async function check(deps: AttachDeps, mode: Mode, call: Call): Promise<void> {
  const config = readAttachConfig(mode, call);
  const { identity, ifName, network: name, sandbox } = readAttachment(call, config.apiVersion);
  const result = prevResultOf(call);
  if (!result) {
    throw new CniError(
      code.invalidConfig,
      'CHECK needs prevResult, the result of ADD, in the configuration',
      'the runtime puts it there; by hand, add the key "prevResult"',
    );
  }
  const hns = (await deps.openHns(config.hns))[sandbox.dialect];
  const network = await findNetwork(hns, name);
  if (!network) throw differs([missingNetwork(name).msg]);
  const problem = wrongType(mode, network);
  if (problem) throw differs([problem.msg]);
  // V1 chooses ids itself: there the name decides.
  const byId = sandbox.dialect === 'v2' ? await hns.endpoint(identity.id) : undefined;
  const endpoint = byId ?? (await findOwn(hns, identity));
  if (!endpoint) throw differs([`endpoint: expected ${identity.name}, found none`]);
  const own = ownAddresses(result, ifName);
  const plan = planEndpoint({
    mode,
    config,
    network,
    identity,
    ips: ipamType(call) ? own.map(allocatedIp) : [],
    // What is not written came of IPAM, which is not asked again.
    dns: { from: "IPAM's answer", value: resultDns(endpoint.Dns) },
    // Preferred or required, ADD has decided: what it made is what the endpoint shows.
    loopbackDsr: config.loopbackDsr === 'required',
    dialect: sandbox.dialect,
  });
  const found = new Set([
    ...resultDifferences(result, own, ifName, endpoint),
    ...differences(plan, endpoint, sandbox),
  ]);
  if (found.size > 0) throw differs([...found]);
  // Docker's workloads share the endpoint of their sandbox, whose lease it is.
  await askIpam(deps.delegate, { ...call, containerId: sandbox.containerId });
}

/** The addresses of this interface; later plugins of a chain may have added others. */
function ownAddresses(result: Result, ifName: string): readonly IpConfig[] {
  return result.ips.filter(
    (ip) => ip.interface === undefined || result.interfaces[ip.interface]?.name === ifName,
  );
}

/** An address of prevResult, as IPAM gave it to ADD. Throws code 7 for what is no CIDR. */
function allocatedIp({ address, gateway }: IpConfig): AllocatedIp {
  const cidr = parseCidr(address);
  if (cidr) return defined({ cidr, gateway: parseAddress(gateway ?? '') });
  throw invalidConfig('prevResult.ips', `expected a CIDR, found ${JSON.stringify(address)}`);
}

function differs(lines: readonly string[]): CniError {
  return new CniError(
    code.differs,
    `the pod's network is not as it was set up: ${lines[0] ?? ''}`,
    lines.join('\n'),
  );
}

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

/** Where an endpoint is not what was planned. More than was planned is no difference. */
function differences({ endpoint: wanted }: Plan, endpoint: Endpoint, sandbox: Sandbox): string[] {
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
  lists('DNS search list', wanted.Dns?.Search, endpoint.Dns?.Search);
  compare('DNS domain', wanted.Dns?.Domain, endpoint.Dns?.Domain);
  const policies = endpoint.Policies ?? [];
  for (const policy of wanted.Policies ?? []) {
    if (policies.some((other) => samePolicy(policy, other))) continue;
    const alike = policies.filter(({ Type }) => Type === policy.Type);
    lines.push(line('policy', describePolicy(policy), alike.map(describePolicy).join('; ')));
  }
  return lines;
}

function sortedAddresses(texts: readonly string[]): string {
  return texts
    .map((text) => text.replace(/\/.*/, ''))
    .map((address) => canonicalAddress(address) ?? address)
    .sort()
    .join(', ');
}

/** Where the result that the runtime keeps is not what is there. */
function resultDifferences(
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
