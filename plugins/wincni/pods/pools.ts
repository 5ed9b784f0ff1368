import { type Address, holds, parseAddress } from '../../../cni/address.ts';
import { CniError } from '../../../cni/error.ts';
import { readHostLocalConfig } from '../../../ipam/host-local/config.ts';
import { describeSet, rangeFor } from '../../../ipam/host-local/ranges.ts';
import { usage } from '../../../ipam/host-local/status.ts';
import { reservedAddresses } from '../../attach/plan.ts';
import { attachingInEffect, type Configurations } from '../checks/reading/configurations.ts';
import type { Look } from '../facts/facts.ts';

/** How many of the addresses of a set of ranges are free. */
export interface PoolUse {
  readonly network: string;
  /** `10.244.4.1-10.244.4.254`. */
  readonly ranges: string;
  readonly size: bigint;
  readonly free: bigint;
}

/** The networks of the configurations in effect whose addresses host-local gives. */
export function leasingNetworks(configurations: Configurations): readonly string[] {
  return attachingInEffect(configurations).flatMap(({ call, ipam }) =>
    call && /^host-local(?:\.exe)?$/i.test(ipam ?? '') ? [call.network] : [],
  );
}

/** Whether pods of this node get an address: from host-local's ranges, else from a subnet; undefined where no configuration says one. */
export function givesAddress(
  configurations: Configurations,
): ((address: Address) => boolean) | undefined {
  const givers = attachingInEffect(configurations).flatMap(({ attach, call }) => {
    const pool = call && attempt(() => readHostLocalConfig(call).pool());
    if (pool) {
      return [(address: Address) => pool.sets.some((set) => rangeFor(set, address) !== undefined)];
    }
    const { subnets = [] } = attach ?? {};
    return subnets.length === 0
      ? []
      : [(address: Address) => subnets.some((subnet) => holds(subnet, address))];
  });
  return givers.length === 0 ? undefined : (address) => givers.some((gives) => gives(address));
}

/** The use of each set of ranges of the configurations in effect. What host-local would refuse is passed over. */
export function poolsOf(
  configurations: Configurations,
  { leases }: Pick<Look, 'leases'>,
): readonly PoolUse[] {
  return attachingInEffect(configurations).flatMap(({ attach, call, ipam, mode }) => {
    if (!call || !/^host-local(?:\.exe)?$/i.test(ipam ?? '')) return [];
    const pool = attempt(() => readHostLocalConfig(call).pool());
    if (!pool) return [];
    const leased = leases
      // An empty one is nobody's: the next pod that needs it takes it.
      .filter(({ container, network }) => network === call.network && container !== '')
      .flatMap(({ address }): readonly Address[] => {
        const parsed = parseAddress(address);
        return parsed ? [parsed] : [];
      });
    const reserved = [...pool.reserved, ...(attach ? reservedAddresses(mode, attach) : [])];
    return pool.sets.map((set) => {
      const { size, taken } = usage(set, leased, reserved);
      return {
        network: call.network,
        ranges: describeSet(set),
        size,
        free: size > taken ? size - taken : 0n,
      };
    });
  });
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CniError) return undefined;
    throw error;
  }
}
