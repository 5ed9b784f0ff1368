/**
 * What HNS.md says of HNS and a step can decide: each claim quotes the line it stands for, and a test holds
 * that HNS.md has it so. Line breaks and runs of blanks count as one blank.
 */
export const claims = {
  // What HNS leaves out, and what it fills in late
  'left-out.nat-type': 'NAT networks come without `Type` [threads].',
  'left-out.v1-nat-type': 'V1 says the type of a NAT network [threads].',
  'left-out.ipam-type': 'By the schema the same may be so of `Type` in an IPAM (Static)',
  'left-out.port-mapping-type': "of a port mapping's `Type`",
  'left-out.namespace-type': "of a namespace's (Host)",
  'left-out.acl': "and of an ACL's `Action` (Allow) and `Direction` (In)",
  'left-out.filled-in':
    "It fills in what nobody asked for, and leaves out what is 0 or empty: an ACL's `RuleType` and `Priority`",
  'left-out.late-address':
    'A network that was just made has no ManagementIP (V1) or ProviderAddress (V2)',
  'left-out.mac-at-once': 'MAC and address of an endpoint are there when it is made [hcsshim]',
  'left-out.listing-success': 'A listing without `Success: true` is none',
  'left-out.small-documents': "HNS's documents nest a few levels deep, and are small [inferred].",

  // Codes
  'codes.network-not-found': '0x803B0001 network',
  'codes.endpoint-not-found': '0x803B0002 endpoint',
  'codes.object-not-found': "0x80070490 any object (V2's namespaces have no code of their own)",
  'codes.bare': 'V1 answers have Win32 codes bare (1168 for 0x80070490).',
  'codes.network-type': '0x803B000B network type',
  'codes.policy': '0x803B000D policy',
  'codes.policy-type': '0x803B000E policy type',
  'codes.json': '0x803B001B JSON',
  'codes.address': '0x803B001E IP address, or one in no subnet of the network',
  'codes.parameter': '0x80070057 parameter',
  'codes.network-exists': '0x803B0010 network (of this name)',
  'codes.port-exists': '0x803B0013 port',
  'codes.address-taken': '0x803B002F address invalid or reserved, 0x80071392 object exists',
  'codes.attached': '0x803B0014 already, 0x803B002B in a namespace',
  'codes.references': '0x803B002C the object has references',

  // Features by version, V1's names and V2's, Native functions
  'version.output': 'The version is what `GET /globals/version` answers as `Output`',
  'names.no-namespace-at-creation':
    "An endpoint's `HostComputeNamespace` can't be given at creation, it is only read.",
  'names.filter-virtual-network': 'Listing endpoints by their network filters on `VirtualNetwork`.',
  'names.removeresource': "hcsshim takes endpoints out of namespaces by V1's `removeresource`",
  'names.id-of-zeros': 'An id of zeros on creating lets HNS choose.',

  // A V2 ADD on the wire
  'wire.filter-by-name': '"Filter":"{\\"Name\\":\\"cbr0\\"}"} -> ["<network id>"]',
  'wire.prefix-length':
    'HcnQueryEndpointProperties -> MacAddress, IpConfigurations[].PrefixLength, …',
  'wire.add-to-namespace':
    '{"ResourceType":"Endpoint","RequestType":"Add","Settings":{"EndpointId":"<endpoint id>"}}',

  // The inbox module, the PowerShell session
  'v1.network': 'What V1 shows of a network: ID, Name, Type, Subnets',
  'v1.endpoint': 'of an endpoint: ID, Name, VirtualNetwork, VirtualNetworkName, IPAddress',
  'v1.namespace': 'of a namespace: ID, CompartmentId, CompartmentGuid, Containers, IsDefault',
  'v1.com': 'through the COM object, text in and text out',

  // Seen on real nodes
  'seen.second-name': 'A second network of a name is refused with 0x803B0010',
  'seen.no-subnet': 'an address in no subnet of the network with 0x803B001E.',
  'seen.no-subnet-words': '0x803B001E with the words "not part of any configured subnet(s)".',
  'seen.stopped': 'With HNS stopped calls fail with 0x800706D9.',
  'seen.flags-8':
    "Networks of Flags 8 (flannel's) are gone after a restart of HNS, and endpoints below running pods with them.",
  'seen.v1-refuses':
    "V1 refuses in its answer (`Success: false`) or, from 1809 on, by HNSCall's HRESULT.",
  'seen.v1-unlisted': "Endpoints made by V1 can be missing from V2's lists",

  // What the simulator adds
  'simulator.detach-first':
    'An endpoint, or a network with endpoints in use, is detached before it is deleted: else 0x803B002C.',
  'simulator.one-exception-list': 'One OutBoundNAT with exceptions for each family',
  'simulator.one-host-port': 'one endpoint for each host port: else 0x803B000D, 0x803B0013.',
  'simulator.reserved': 'Network and broadcast addresses and gateways get 0x803B002F',
  'simulator.taken': 'taken addresses and MAC addresses 0x80071392.',
  'simulator.attached':
    'An endpoint that is attached gets 0x803B0014 for its own namespace, 0x803B002B for another.',
  'simulator.lowest-address':
    'Without an address asked for, an endpoint gets the lowest free one from the fourth of the subnet on',
  'simulator.mac-range': "without a MAC address, one in 00-15-5D, Microsoft's range",
  'simulator.default-route': 'without routes, the default route of its subnet.',
} as const;

export type ClaimId = keyof typeof claims;

/** Their ids, in the order of HNS.md's sections. */
export const claimIds: readonly ClaimId[] = Object.keys(claims).filter(isClaim);

export function isClaim(id: string): id is ClaimId {
  return Object.hasOwn(claims, id);
}
