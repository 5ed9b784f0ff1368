import { parseAddress, parseCidr } from '../../cni/address.ts';
import { CniError, code, invalidConfig } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import { prevResultOf } from '../../cni/read-result.ts';
import type { IpConfig, Result } from '../../cni/result.ts';
import type { HnsClients } from '../../hns-bridge/client.ts';
import type { Endpoint } from '../../hns-bridge/documents.ts';
import { askIpam, ipamType } from '../../ipam/address-source.ts';
import type { AllocatedIp } from '../../ipam/allocation.ts';
import { defined } from '../../system/defined.ts';
import { asTheReference } from './as-reference.ts';
import { readAttachment } from './attachment.ts';
import { readAttachConfig } from './config.ts';
import type { AttachDeps } from './deps.ts';
import { planDifferences, resultDifferences } from './differences.ts';
import { resultDns } from './dns.ts';
import { firstOf, ownIdsAnywhere } from './endpoint.ts';
import { isOurScheme } from './identity.ts';
import type { Mode } from './modes.ts';
import { findNetwork, missingNetwork, wrongType } from './network.ts';
import { type PlanFacts, planEndpoint } from './plan.ts';
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
  const clients = await deps.openHns(config.hns);
  const hns = clients[sandbox.dialect];
  const network = await findNetwork(hns, name);
  if (!network) throw differs([missingNetwork(name).msg]);
  const problem = wrongType(mode, network);
  if (problem) throw differs([problem.msg]);
  // V1 chooses ids itself: there the name decides.
  const byId = sandbox.dialect === 'v2' ? await hns.endpoint(identity.id) : undefined;
  const endpoint =
    byId ?? (await firstOf(hns, await ownIdsAnywhere(clients, sandbox.dialect, identity)));
  if (!endpoint) throw differs([`endpoint: expected ${identity.name}, found none`]);
  const own = ownAddresses(result, ifName);
  const facts: PlanFacts = {
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
  };
  const ours = isOurs(sandbox, endpoint, result, ifName);
  const makers = ours ? [facts] : [facts, asTheReference(facts)];
  const [fewest = []] = makers
    .map((made) => planDifferences(planEndpoint(made), endpoint, sandbox, ours))
    .sort((one, other) => one.length - other.length);
  const found = new Set([
    ...resultDifferences(result, own, ifName, endpoint),
    ...(await namespaceDifferences(clients.v2, sandbox)),
    ...fewest,
  ]);
  if (found.size > 0) throw differs([...found]);
  // Docker's workloads share the endpoint of their sandbox, whose lease it is.
  await askIpam(deps.delegate, { ...call, containerId: sandbox.containerId });
}

/**
 * Whether an endpoint is of our making: in V2 its id says so, and in V1, where HNS chooses ids, the result
 * does: the reference names its interface after the endpoint.
 */
function isOurs(
  { dialect }: Sandbox,
  { ID }: Endpoint,
  { interfaces }: Result,
  ifName: string,
): boolean {
  return dialect === 'v2' ? isOurScheme(ID) : interfaces.some(({ name }) => name === ifName);
}

/** The addresses of this interface; other plugins of a chain may have added others. */
function ownAddresses({ interfaces, ips }: Result, ifName: string): readonly IpConfig[] {
  const own = ips.filter(
    (ip) => ip.interface !== undefined && interfaces[ip.interface]?.name === ifName,
  );
  return own.length > 0 ? own : ips.filter((ip) => ip.interface === undefined);
}

/** An endpoint says where it was put, also when that is gone. */
async function namespaceDifferences(
  v2: HnsClients['v2'],
  sandbox: Sandbox,
): Promise<readonly string[]> {
  if (sandbox.dialect !== 'v2' || (await v2.hasNamespace(sandbox.target))) return [];
  return [`namespace: expected ${sandbox.target}, found none of that id in HNS`];
}

/** How many differences are told: an error is for reading. */
const mostLines = 50;

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
    [
      ...lines.slice(0, mostLines),
      ...(lines.length > mostLines ? [`and ${lines.length - mostLines} more`] : []),
    ].join('\n'),
  );
}
