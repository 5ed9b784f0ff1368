import { parseAddress } from '../../cni/address.ts';
import { CniError, code } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import type { Result } from '../../cni/result.ts';
import { isHnsError } from '../../hns-bridge/error.ts';
import type { Endpoint, Network } from '../../hns-bridge/model.ts';
import { openAddressSource } from '../../ipam/address-source.ts';
import { readAttachConfig } from './config.ts';
import { type Adding, acquire, attach, createAttached } from './create.ts';
import type { AttachDeps } from './deps.ts';
import type { Mode } from './modes.ts';
import { awaitNetwork, createNetwork, findNetwork, refuseType } from './network.ts';
import {
  findOwn,
  identify,
  isAttached,
  ownIds,
  removeEndpoint,
  undoStack,
} from './own-endpoint.ts';
import { refuseUnsayable } from './policies.ts';
import { resultOf } from './result.ts';
import { requireSandbox } from './sandbox.ts';

/**
 * ADD: an endpoint with an address, attached to the pod's sandbox. A repeated ADD gives the same
 * result; any failure undoes what this call did, in reverse, and no more.
 */
export async function add(deps: AttachDeps, mode: Mode, call: Call): Promise<Result> {
  const config = readAttachConfig(mode, call);
  const sandbox = requireSandbox(call, config.apiVersion);
  refuseUnsayable(config.listed, sandbox.dialect);
  const source = openAddressSource(deps, call);
  const undo = undoStack(deps.host.log);
  const hns = (await deps.openHns())[sandbox.dialect];
  try {
    const identity = await identify(call, sandbox.id);
    const adding = { deps, mode, call, config, sandbox, identity, hns, source, undo };
    return sandbox.shared ? await share(adding) : await attachOwn(adding);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function attachOwn(adding: Adding): Promise<Result> {
  const { call, deps, hns, sandbox, source } = adding;
  // A source that can be asked twice is asked now, while the way to HNS is still opening.
  const early = source.repeatable ? await acquire(adding) : undefined;
  const network = await networkFor(adding);
  refuseType(adding.mode, network);
  const existing = await findExisting(adding);
  if (existing) {
    if (await isWhole(existing, adding, network)) {
      deps.host.log('endpoint found', { id: existing.id });
      if (!isAttached(existing, sandbox)) await attach(adding, existing);
      const kept = existing.addresses.map(({ address }) => address);
      const spare = (early?.fresh ?? []).filter((address) => !kept.includes(address));
      if (spare.length > 0) await source.release(parsed(spare));
      return resultOf(call, network, existing);
    }
    await removeEndpoint(hns, existing);
    deps.host.log('endpoint replaced', { id: existing.id, network: existing.networkId });
  }
  const lease = early ?? (source.repeatable ? undefined : await acquire(adding));
  return resultOf(call, network, await createAttached(adding, network, lease));
}

async function networkFor({ call, config, deps, hns, mode }: Adding): Promise<Network> {
  if (!mode.createsNetwork && !config.createNetwork) {
    return awaitNetwork(hns, call.network, deps.host.clock);
  }
  const network = await findNetwork(hns, call.network);
  return network ?? createNetwork((await deps.openHns()).v2, mode, config, call.network);
}

/** The pod's endpoint as it stands. One that HNS cannot even show any more is deleted. */
async function findExisting({ deps, hns, identity, sandbox }: Adding) {
  try {
    return await findOwn(hns, identity);
  } catch (error) {
    if (!isHnsError(error, 'degraded')) throw error;
    for (const id of await ownIds(hns, identity)) {
      await hns.detach(sandbox.target, id);
      await hns.deleteEndpoint(id);
      deps.host.log('degraded endpoint deleted', { id });
    }
    return undefined;
  }
}

/** Ours, on the right network, in no other namespace, its addresses leased to this pod. */
async function isWhole(endpoint: Endpoint, adding: Adding, network: Network): Promise<boolean> {
  if (endpoint.degraded || endpoint.networkId !== network.id) return false;
  // Docker's containers share an endpoint: one of them is attached, and the others are left alone.
  if (adding.sandbox.dialect === 'v2' && !isAttached(endpoint, adding.sandbox)) return false;
  const addresses = endpoint.addresses.map(({ address }) => address);
  const values = parsed(addresses);
  if (values.length === 0 || values.length < addresses.length) return false;
  return adding.source.holds(values);
}

/** Docker's workload containers share the endpoint of their sandbox. */
async function share(adding: Adding): Promise<Result> {
  const { call, hns, identity, sandbox } = adding;
  const network = await awaitNetwork(hns, call.network, adding.deps.host.clock);
  const endpoint = await findOwn(hns, identity);
  if (!endpoint) {
    throw new CniError(
      code.unknownContainer,
      `the sandbox ${sandbox.id} has no endpoint on network ${call.network} to share`,
      'the sandbox is added first, with CNI_NETNS "none"',
    );
  }
  await attach(adding, endpoint);
  return resultOf(call, network, endpoint);
}

function parsed(addresses: readonly string[]) {
  return addresses.flatMap((text) => parseAddress(text) ?? []);
}
