import { isAttaching } from '../cni/attaching.ts';
import { delegateCall, pluginNameOf } from '../cni/delegate.ts';
import { CniError, code, invalidConfig } from '../cni/error.ts';
import { isJsonObject } from '../cni/json-object.ts';
import { keyValue } from '../cni/keys.ts';
import type { Call, Delegate } from '../cni/plugin.ts';
import type { Host } from '../system/host.ts';
import type { AddressSource } from './allocation.ts';
import { readAllocation } from './allocation-result.ts';
import { openLeases, openPool, previousAddresses } from './host-local/leases.ts';
import { releaseAll } from './host-local/release.ts';
import { hostLocalSource } from './host-local/source.ts';

interface IpamDeps {
  readonly host: Host;
  readonly delegate: Delegate;
}

/**
 * The source a configuration names: host-local in process, another executable from CNI_PATH, or,
 * without `ipam.type`, HNS itself. Throws code 7 for what is wrong with `ipam`.
 */
export function openAddressSource({ delegate, host }: IpamDeps, call: Call): AddressSource {
  const type = ipamType(call);
  if (type === undefined) return noSource;
  if (pluginNameOf(type) === 'host-local') {
    const leases = openPool(host, call);
    return hostLocalSource(leases);
  }
  return executableSource(host, type, (command) => askIpam(delegate, { ...call, command }));
}

/**
 * Hands DEL on to IPAM. Gives when the leases that went had been taken, in milliseconds since 1970: none
 * where IPAM is another's.
 */
export async function giveAllBack(
  { delegate, host }: IpamDeps,
  call: Call,
): Promise<readonly number[]> {
  const type = ipamType(call);
  if (type !== undefined && pluginNameOf(type) === 'host-local') {
    const freed = releaseAll(openLeases(host, call), previousAddresses(call));
    return freed.map(({ taken = 0 }) => taken);
  }
  await askIpam(delegate, call);
  return [];
}

/**
 * Hands a command on to IPAM (SPEC.md, section 4): to host-local in process, to another executable
 * from CNI_PATH, to nobody where HNS itself assigns the addresses. The result is there for ADD only.
 */
export async function askIpam(delegate: Delegate, call: Call) {
  const type = ipamType(call);
  return type === undefined ? undefined : delegate(type, delegateCall(call, call.config));
}

/**
 * `ipam.type`; undefined: HNS itself assigns the addresses. Throws code 7 when it is no text, or names a
 * plugin of this suite that gives no addresses.
 */
export function ipamType(call: Call): string | undefined {
  const ipam = keyValue(call.config, 'ipam');
  const type = (isJsonObject(ipam) ? keyValue(ipam, 'type') : undefined) ?? '';
  if (typeof type !== 'string') throw invalidConfig('ipam.type', 'expected string');
  if (isAttaching(pluginNameOf(type))) {
    const found = `found ${JSON.stringify(type)}, which attaches pods`;
    throw invalidConfig('ipam.type', `expected a plugin that gives addresses, ${found}`, ipamTypes);
  }
  return type === '' ? undefined : type;
}

const ipamTypes =
  '"host-local", or another IPAM plugin that is in CNI_PATH; without "type", HNS gives the addresses';

/** Where IPAM is not asked: HNS itself assigns the addresses. */
export const noSource: AddressSource = {
  repeatable: false,
  allocate: async () => undefined,
  holds: async () => true,
  release: async () => {},
  renew: async () => [],
};

function executableSource(
  { deadline }: Host,
  type: string,
  ask: (command: 'ADD' | 'DEL') => ReturnType<Delegate>,
): AddressSource {
  const giveBack = async () => {
    await ask('DEL');
  };
  return {
    repeatable: false,
    allocate: async () => {
      try {
        const result = await ask('ADD');
        if (!result || result.ips.length === 0) {
          throw new CniError(code.delegateFailed, `IPAM plugin ${type} answered no address`);
        }
        return readAllocation(result);
      } catch (error) {
        // SPEC.md, section 4: a delegate whose ADD failed is sent DEL; the first error is the answer.
        deadline.turnBack();
        await giveBack().catch(() => {});
        throw error;
      }
    },
    // CNI has no command to ask it: ADD would take another address.
    holds: async () => true,
    release: giveBack,
    renew: async () => [],
  };
}
