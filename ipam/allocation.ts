import { type Address, type Cidr, formatAddress } from '../cni/address.ts';
import { type CniError, overtakenAdd } from '../cni/error.ts';
import type { Dns, Route } from '../cni/result.ts';

/** An address that IPAM gave a pod. */
export interface AllocatedIp {
  /** The address itself (`address`), and the subnet by its prefix length. */
  readonly cidr: Cidr;
  readonly gateway?: Address;
}

/** A route of IPAM's answer: what it says beside destination and next hop is handed on. */
export interface AllocatedRoute extends Omit<Route, 'dst' | 'gw'> {
  readonly destination: Cidr;
  readonly nextHop?: Address;
}

/** What IPAM gave a pod: values, whoever gave them. */
export interface Allocation {
  readonly ips: readonly AllocatedIp[];
  readonly routes: readonly AllocatedRoute[];
  readonly dns: Dns;
  /** The addresses this command took; those the pod had before are not among them. */
  readonly allocated: readonly Address[];
}

/** Who gives a pod its addresses during ADD, and takes it back when ADD fails. */
export interface AddressSource {
  /**
   * Whether asking twice gives the same answer. Such a source can be asked before HNS is, while
   * the way to HNS is still opening.
   */
  readonly repeatable: boolean;
  /** Undefined when HNS itself assigns the address. `reserved` addresses are not given. */
  allocate(reserved: readonly Address[]): Promise<Allocation | undefined>;
  /** Whether the pod holds all these addresses already. */
  holds(addresses: readonly Address[]): Promise<boolean>;
  /** Gives back these addresses of the pod; an executable can only be asked for all of them. */
  release(addresses: readonly Address[]): Promise<void>;
  /**
   * Takes these addresses of the pod anew. Who gives them back at the same time can tell from their time
   * that an ADD is at it. Gives those that the pod had lost meanwhile; throws code 11 when another pod has
   * got one.
   */
  renew(addresses: readonly Address[]): Promise<readonly Address[]>;
}

/** What ADD answers when it no longer has the addresses that it would answer with: code 11. */
export function overtaken(addresses: readonly Address[]): CniError {
  return overtakenAdd(`the lease of ${addresses.map(formatAddress).join(', ')} was given back`);
}
