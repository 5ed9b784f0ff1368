/** HNS's objects as the plugins think of them: neither the V1 nor the V2 documents. */

export interface HnsVersion {
  readonly major: number;
  readonly minor: number;
}

export interface Network {
  readonly id: string;
  readonly name: string;
  /** As HNS writes it: `L2Bridge`, `L2Tunnel`, `Overlay`, `Transparent`, `NAT`, `ICS`, …. */
  readonly type: string;
  readonly subnets: readonly Subnet[];
  /** The node's address on this network's adapter: the provider address of an overlay. */
  readonly managementAddress?: string;
}

export interface Subnet {
  /** CIDR. */
  readonly prefix: string;
  readonly gateway?: string;
}

export interface Endpoint {
  readonly id: string;
  readonly name: string;
  readonly networkId: string;
  /** The namespace it is attached to; absent when it is attached to none. */
  readonly namespaceId?: string;
  /** The containers it is attached to, which V1 alone tells; absent when there are none. */
  readonly containers?: readonly string[];
  /** HNS has given it up: it must be made anew. V1 alone tells. */
  readonly degraded?: true;
  readonly addresses: readonly EndpointAddress[];
  readonly mac?: string;
  readonly routes: readonly EndpointRoute[];
  readonly dns: EndpointDns;
  readonly policies: readonly EndpointPolicy[];
}

/** What is asked of HNS when an endpoint is made. */
export interface EndpointSpec {
  readonly id: string;
  readonly name: string;
  readonly networkId: string;
  /** Empty: HNS chooses. */
  readonly addresses: readonly EndpointAddress[];
  readonly mac?: string;
  readonly routes: readonly EndpointRoute[];
  readonly dns: EndpointDns;
  readonly policies: readonly EndpointPolicy[];
}

export interface EndpointAddress {
  readonly address: string;
  readonly prefixLength?: number;
}

export interface EndpointRoute {
  /** CIDR. */
  readonly destination: string;
  readonly nextHop: string;
}

export interface EndpointDns {
  readonly domain?: string;
  readonly search: readonly string[];
  readonly servers: readonly string[];
  readonly options: readonly string[];
}

/** One endpoint in a listing: enough to say whose it is. */
export interface EndpointEntry {
  readonly id: string;
  readonly name: string;
  readonly networkId: string;
  readonly namespaceId?: string;
}

export type EndpointPolicy =
  | OutboundNatPolicy
  | RoutePolicy
  | ProviderAddressPolicy
  | PortMappingPolicy
  | AclPolicy
  | OtherPolicy;

/** Settings of a known type that the model has no word for: they go to the dialect they came from. */
export interface ExtraSettings {
  readonly dialect: 'v1' | 'v2';
  readonly settings: Readonly<Record<string, unknown>>;
}

/** SNAT of what leaves the node, except towards `exceptions`; or, with destinations, loopback DSR. */
export interface OutboundNatPolicy {
  readonly kind: 'outbound-nat';
  readonly extra?: ExtraSettings;
  /** CIDRs. */
  readonly exceptions: readonly string[];
  readonly destinations: readonly string[];
  readonly virtualIp?: string;
  readonly maxPortPoolUsage?: number;
  /** V2's flags, as they were given. */
  readonly flags?: number;
}

export interface RoutePolicy {
  readonly kind: 'route';
  readonly extra?: ExtraSettings;
  /** CIDR. */
  readonly destination: string;
  readonly nextHop?: string;
  readonly needEncap: boolean;
}

export interface ProviderAddressPolicy {
  readonly kind: 'provider-address';
  readonly extra?: ExtraSettings;
  readonly address: string;
}

export interface PortMappingPolicy {
  readonly kind: 'port-mapping';
  readonly extra?: ExtraSettings;
  readonly internalPort: number;
  readonly externalPort: number;
  /** IANA protocol number. */
  readonly protocol: number;
  readonly vip?: string;
  readonly localRouted: boolean;
  readonly ipv6: boolean;
  /** V2's flags beside these two. */
  readonly otherFlags?: number;
}

export interface AclPolicy {
  readonly kind: 'acl';
  readonly extra?: ExtraSettings;
  readonly action: 'Allow' | 'Block' | 'Pass';
  readonly direction: 'In' | 'Out';
  readonly protocols?: string;
  readonly localAddresses?: string;
  readonly remoteAddresses?: string;
  readonly localPorts?: string;
  readonly remotePorts?: string;
  readonly priority?: number;
  readonly ruleType?: string;
}

/**
 * A policy this model has no words for. Of a type both dialects are known to have, or V2 alone
 * (policy-types.ts): V2's name, V2's keys, dialect `v2`. Else as it was written, for that dialect.
 */
export interface OtherPolicy {
  readonly kind: 'other';
  readonly extra?: ExtraSettings;
  readonly type: string;
  readonly dialect: 'v1' | 'v2';
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What is asked of HNS when a network is made. */
export interface NetworkSpec {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** The adapter it is made on; absent: HNS chooses, or needs none. */
  readonly adapter?: string;
  readonly subnets: readonly (Subnet & {
    /** Virtual subnet id of an overlay: its VNI, 4096 and up. */
    readonly vsid?: number;
  })[];
  readonly dns: EndpointDns;
}
