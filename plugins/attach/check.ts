import { canonicalAddress } from '../../cni/address.ts';
import { CniError, code } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import { prevResultOf } from '../../cni/read-result.ts';
import type { IpConfig, Result } from '../../cni/result.ts';
import type { Endpoint, EndpointSpec, Network } from '../../hns-bridge/model.ts';
import { describePolicy, samePolicy } from '../../hns-bridge/policy-comparison.ts';
import { openAddressSource } from '../../ipam/address-source.ts';
import { readAttachConfig } from './config.ts';
import type { AttachDeps } from './deps.ts';
import { filledDns, resultDns } from './dns.ts';
import type { Mode } from './modes.ts';
import { findNetwork, missingNetwork, wrongType } from './network.ts';
import { findOwn, identify, isAttached } from './own-endpoint.ts';
import { planEndpoint } from './plan.ts';
import { requireSandbox, type Sandbox } from './sandbox.ts';

/**
 * CHECK: that the endpoint is as ADD would make it for this prevResult, and that IPAM still holds
 * the lease. Throws code 100, each difference on a line of the details: expected against found.
 */
export async function check(deps: AttachDeps, mode: Mode, call: Call): Promise<void> {
  const config = readAttachConfig(mode, call);
  const sandbox = requireSandbox(call, config.apiVersion);
  const result = prevResultOf(call);
  if (!result) {
    throw new CniError(
      code.invalidConfig,
      'CHECK needs prevResult, the result of ADD, in the configuration',
      'the runtime puts it there; by hand, add the key "prevResult"',
    );
  }
  // Docker's workloads share the endpoint of their sandbox, whose lease it is.
  const source = openAddressSource(deps, { ...call, containerId: sandbox.id });
  const hns = (await deps.openHns())[sandbox.dialect];
  const network = await findNetwork(hns, call.network);
  if (!network) throw differs([missingNetwork(call.network).msg]);
  const complaint = wrongType(mode, network);
  if (complaint) throw differs([complaint.msg]);
  const identity = await identify(call, sandbox.id);
  // V1 chooses ids itself: there the name decides.
  const byId = sandbox.dialect === 'v2' ? await hns.endpoint(identity.id) : undefined;
  const endpoint = byId ?? (await findOwn(hns, identity));
  if (!endpoint) throw differs([`endpoint: expected ${identity.name}, found none`]);
  const own = ownAddresses(result, call);
  const { spec } = planEndpoint({
    mode,
    // What is not written came of IPAM, which is not asked again.
    config: { ...config, dns: filledDns(config.dns, resultDns(endpoint.dns)) },
    network,
    ips: source.assignedByHns ? [] : own,
    ...identity,
    // Wished for or demanded, ADD has decided: what it made is what the endpoint shows.
    loopbackDsr: config.loopbackDsr === 'demand',
  });
  const found = new Set([
    ...resultDifferences(result, own, call, endpoint),
    ...differences(spec, endpoint, network, sandbox),
  ]);
  if (found.size > 0) throw differs([...found]);
  await source.check();
}

/** The addresses of this interface; later plugins of a chain may have added others. */
function ownAddresses(result: Result, call: Call): readonly IpConfig[] {
  return result.ips.filter(
    (ip) => ip.interface === undefined || result.interfaces[ip.interface]?.name === call.ifName,
  );
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

/** Where an endpoint is not what was planned. More than was planned is no difference. */
function differences(
  spec: EndpointSpec,
  endpoint: Endpoint,
  network: Network,
  sandbox: Sandbox,
): string[] {
  const lines: string[] = [];
  const compare = (what: string, expected: string, found: string) => {
    if (expected !== found) lines.push(line(what, expected, found));
  };
  compare('network', network.id, endpoint.networkId);
  if (endpoint.degraded) lines.push(line('state', 'healthy', 'degraded'));
  if (sandbox.dialect === 'v2') compare('namespace', sandbox.target, endpoint.namespaceId ?? '');
  else if (!isAttached(endpoint, sandbox)) {
    lines.push(line('container', sandbox.target, (endpoint.containers ?? []).join(', ')));
  }
  if (spec.mac !== undefined) compare('MAC address', spec.mac, endpoint.mac?.toUpperCase() ?? '');
  for (const route of spec.routes) {
    const at = endpoint.routes.find(({ destination }) => destination === route.destination);
    compare(`route to ${route.destination}`, route.nextHop, at?.nextHop ?? '');
  }
  compare('DNS servers', spec.dns.servers.join(', '), endpoint.dns.servers.join(', '));
  compare('DNS search list', spec.dns.search.join(', '), endpoint.dns.search.join(', '));
  compare('DNS domain', spec.dns.domain ?? '', endpoint.dns.domain ?? '');
  for (const policy of spec.policies) {
    if (endpoint.policies.some((other) => samePolicy(policy, other))) continue;
    const alike = endpoint.policies.filter((other) => other.kind === policy.kind);
    lines.push(line('policy', describePolicy(policy), alike.map(describePolicy).join('; ')));
  }
  return lines;
}

function listed(addresses: EndpointSpec['addresses']): string {
  return addresses
    .map(({ address }) => address.replace(/\/.*/, ''))
    .map((address) => canonicalAddress(address) ?? address)
    .sort()
    .join(', ');
}

/** Where the result that the runtime keeps is not what is there. */
function resultDifferences(
  result: Result,
  own: readonly IpConfig[],
  call: Call,
  endpoint: Endpoint,
): string[] {
  const ours = result.interfaces.find(({ name }) => name === call.ifName);
  const mac = ours?.mac?.replaceAll(':', '-').toUpperCase();
  const found = endpoint.mac?.toUpperCase() ?? '';
  const wanted = listed(own);
  const there = listed(endpoint.addresses);
  return [
    ...(wanted === there ? [] : [line('addresses', wanted, there)]),
    ...(mac === undefined || mac === '' || mac === found ? [] : [line('MAC address', mac, found)]),
  ];
}
