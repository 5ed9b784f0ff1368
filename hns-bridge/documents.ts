import { readId } from './ids.ts';
import {
  document,
  documentOf,
  listOf,
  type Reader,
  text,
  texts,
  wholeNumber,
} from './json-document.ts';
import { type Policy, readHnsPolicy } from './policy/policy.ts';

/**
 * HNS's objects, as its second API (HCN) writes them: the one model. What V1 says is read into these
 * (v1.ts). Any field may be left out, as HNS leaves out what is empty; a new one is a line here.
 */

/** V2's schema version, which every document carries. */
export const schemaVersion = { SchemaVersion: { Major: 2, Minor: 0 } } as const;

/** V2's query for a whole object. */
export const wholeQuery = JSON.stringify(schemaVersion);

const route = documentOf(
  { DestinationPrefix: text, NextHop: text },
  'DestinationPrefix',
  'NextHop',
);
const ipConfiguration = documentOf({ IpAddress: text, PrefixLength: wholeNumber }, 'IpAddress');
const dns = documentOf({ Domain: text, Search: texts, ServerList: texts, Options: texts });
const networkPolicy = documentOf({ Type: text, Settings: document });
const subnet = documentOf(
  { IpAddressPrefix: text, Routes: listOf(route), Policies: listOf(networkPolicy) },
  'IpAddressPrefix',
);
const policies: Reader<readonly Policy[]> = listOf(readHnsPolicy);

const endpointFields = {
  ID: readId,
  Name: text,
  HostComputeNetwork: readId,
  /** The namespace it is attached to. Read-only: an endpoint is put there by a call of its own. */
  HostComputeNamespace: readId,
  Policies: policies,
  IpConfigurations: listOf(ipConfiguration),
  Dns: dns,
  Routes: listOf(route),
  MacAddress: text,
} as const;

/** Reads an endpoint that V2 answered. */
export const readEndpoint = documentOf(endpointFields);

/** The same of V1, once its codec has renamed the fields: with what V1 alone tells. */
export const readEndpointOfV1 = documentOf({
  ...endpointFields,
  /** The containers it is attached to. */
  SharedContainers: texts,
  /** See `degradedState`. */
  State: wholeNumber,
});

const networkOfFields = documentOf({
  ID: readId,
  Name: text,
  /** `L2Bridge`, `L2Tunnel`, `Overlay`, `Transparent`, `NAT`, `ICS`, …. */
  Type: text,
  Policies: listOf(networkPolicy),
  Dns: dns,
  Ipams: listOf(documentOf({ Type: text, Subnets: listOf(subnet) })),
});

/** Reads a network that V2 answered: without a `Type` it is NAT, whose value is 0 (HNS.md, "What HNS leaves out"). */
export const readNetwork: typeof networkOfFields = (value) => {
  const network = networkOfFields(value);
  return network && { Type: 'NAT', ...network };
};

type Read<Document> = Document extends Reader<infer Value> ? Value : never;

export type EndpointDocument = Read<typeof readEndpointOfV1>;
export type NetworkDocument = Read<typeof readNetwork>;
export type SubnetDocument = Read<typeof subnet>;
export type RouteDocument = Read<typeof route>;
export type DnsDocument = Read<typeof dns>;

/** An object that HNS answered: it has an id. */
export type Identified<Document> = Document & { readonly ID: string };
export type Endpoint = Identified<EndpointDocument>;
export type Network = Identified<NetworkDocument>;

/** The state of an endpoint that HNS has given up: it must be made anew (hcsshim, EndpointState). */
export const degradedState = 5;

/** The version of an HNS. */
export interface HnsVersion {
  readonly major: number;
  readonly minor: number;
}
