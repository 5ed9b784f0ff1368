import type {
  Endpoint,
  EndpointDocument,
  HnsVersion,
  Network,
  NetworkDocument,
} from './documents.ts';

/** An endpoint that is asked for: it has an id, unless HNS chooses one, a name and a network. */
export type WantedEndpoint = EndpointDocument &
  Required<Pick<EndpointDocument, 'ID' | 'Name' | 'HostComputeNetwork'>>;

/** A network that is asked for. */
export type WantedNetwork = NetworkDocument & Required<Pick<NetworkDocument, 'ID' | 'Name'>>;

/** One endpoint in a listing: enough to say whose it is. */
export type ListedEndpoint = Pick<
  Endpoint,
  'ID' | 'Name' | 'HostComputeNetwork' | 'HostComputeNamespace'
>;

/**
 * What a plugin may ask of HNS, in HCN's documents. There is one for each dialect; each method
 * says how many calls it makes to the service. Refusals are thrown as HnsError.
 */
export interface Hns {
  /** One call. */
  version(): Promise<HnsVersion>;
  /**
   * Every network: one call, V1's listing in both dialects: HNS answers it whole, whichever API
   * made the network, where V2 needs an enumeration, and an open and a query for each.
   */
  networks(): Promise<readonly Network[]>;
  /** Every endpoint, in short: one call, V1's listing in both dialects, for the same reason. */
  endpoints(): Promise<readonly ListedEndpoint[]>;
  /** The ids of the endpoints of a name: one call. */
  endpointIdsNamed(name: string): Promise<readonly string[]>;
  /** The endpoint of an id, or undefined when there is none. V2: two calls; V1: one. */
  endpoint(id: string): Promise<Endpoint | undefined>;
  /** Creates an endpoint and reads it back. V2: three calls; V1: one. Throws PolicyError too. */
  createEndpoint(wanted: WantedEndpoint): Promise<Endpoint>;
  /** One call; false when it was not there. */
  deleteEndpoint(id: string): Promise<boolean>;
  /** Puts an endpoint into a namespace (V2) or a container (V1, by HCS). Two calls. */
  attach(sandbox: string, endpointId: string): Promise<void>;
  /** Takes it out again; false when there was nothing to take out. Two calls, or three. */
  detach(sandbox: string, endpointId: string): Promise<boolean>;
}

/** Both dialects of one HNS. */
export interface HnsClients {
  readonly v1: Hns;
  readonly v2: Hns & {
    /** Whether there is a namespace of that id: one call. */
    hasNamespace(id: string): Promise<boolean>;
    /** Two calls. V1 would choose the id itself, and make a network for each who asks. */
    createNetwork(wanted: WantedNetwork): Promise<Network>;
  };
}
