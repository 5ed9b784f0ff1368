import { parseAddress, parseCidr } from '../../cni/address.ts';
import { CniError, code, invalidConfig } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import { prevResultOf } from '../../cni/read-result.ts';
import type { IpConfig, Result } from '../../cni/result.ts';
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
  // An id of HNS's or the reference's: in V1 that may be ours as well.
  const makers = isOurScheme(endpoint.ID) ? [facts] : [facts, asTheReference(facts)];
  const [fewest = []] = makers
    .map((made) => planDifferences(planEndpoint(made), endpoint, sandbox))
    .sort((one, other) => one.length - other.length);
  const found = new Set([...resultDifferences(result, own, ifName, endpoint), ...fewest]);
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
