import type {
  Endpoint,
  EndpointEntry,
  EndpointSpec,
  HnsVersion,
  Network,
  NetworkSpec,
} from './model.ts';

/**
 * What a plugin may ask of HNS, in the words of the model. There are two of them, one a dialect
 * (v1.ts, v2.ts); each method says how many calls it makes to the service. Refusals are thrown as
 * HnsError.
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
  endpoints(): Promise<readonly EndpointEntry[]>;
  /** The ids of the endpoints of a name: one call. */
  endpointIdsNamed(name: string): Promise<readonly string[]>;
  /** The endpoint of an id, or undefined when there is none. V2: two calls; V1: one. */
  endpoint(id: string): Promise<Endpoint | undefined>;
  /** Creates an endpoint and reads it back. V2: three calls; V1: one. */
  createEndpoint(spec: EndpointSpec): Promise<Endpoint>;
  /** One call; false when it was not there. */
  deleteEndpoint(id: string): Promise<boolean>;
  /** Puts an endpoint into a namespace (V2) or a container (V1). V2: two calls; V1: one. */
  attach(sandbox: string, endpointId: string): Promise<void>;
  /** Takes it out again; false when there was nothing to take out. V2: two calls; V1: one. */
  detach(sandbox: string, endpointId: string): Promise<boolean>;
  /** V2: two calls; V1: one. */
  createNetwork(spec: NetworkSpec): Promise<Network>;
  /** One call; false when it was not there. */
  deleteNetwork(id: string): Promise<boolean>;
  /** Lets go of the transport; never throws. */
  close(): Promise<void>;
}
