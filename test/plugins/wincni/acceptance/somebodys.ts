/** What is somebody's on a node: a network, an endpoint on it, a namespace. */

const schemaVersion = { SchemaVersion: { Major: 2, Minor: 0 } };
export const other = {
  ID: '5c1b0a64-7d0e-4f7b-9a55-6a4f0f6f5000',
  Name: 'cbr0',
  Type: 'L2Bridge',
  Policies: [],
  Ipams: [{ Subnets: [{ IpAddressPrefix: '10.244.3.0/24', Routes: [] }] }],
  ...schemaVersion,
};
export const endpoint = (Name: string) => ({
  ID: '5c1b0a64-7d0e-4f7b-9a55-6a4f0f6f5001',
  Name,
  HostComputeNetwork: other.ID,
  IpConfigurations: [{ IpAddress: '10.244.3.2', PrefixLength: 24 }],
  ...schemaVersion,
});
export const namespace = (Type: string) => ({
  ID: '5c1b0a64-7d0e-4f7b-9a55-6a4f0f6f5002',
  NamespaceId: 2,
  Type,
  Resources: [],
  ...schemaVersion,
});
