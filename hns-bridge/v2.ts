import {
  identified,
  idField,
  parseDocument,
  parseIds,
  schemaVersion,
  unlessMissing,
  wasAttached,
  wasThere,
  wholeQuery,
} from './answers.ts';
import {
  documentField,
  documentsField,
  type JsonDocument,
  numberField,
  textField,
  textsField,
} from './document.ts';
import type { Hns } from './hns.ts';
import { listings } from './listings.ts';
import type { Endpoint, EndpointDns, EndpointSpec, Network, NetworkSpec } from './model.ts';
import { readHnsPolicy } from './policies.ts';
import { writePolicyV2 } from './policy-documents.ts';
import type { Transport } from './transport.ts';

/** HNS in the dialect of its second API: compute networks, endpoints and namespaces. */
export function hnsV2(transport: Transport): Hns {
  const modifyNamespace = (id: string, request: 'Add' | 'Remove', endpointId: string) =>
    transport.modify(
      'Namespace',
      id,
      JSON.stringify({
        ResourceType: 'Endpoint',
        RequestType: request,
        Settings: { EndpointId: endpointId },
      }),
    );
  return {
    ...listings(transport),
    async endpointIdsNamed(name) {
      // The filter is a text within the query: JSON in JSON.
      const query = JSON.stringify({ ...schemaVersion, Filter: JSON.stringify({ Name: name }) });
      return parseIds(await transport.enumerate('Endpoint', query), `list endpoints named ${name}`);
    },
    async endpoint(id) {
      const text = await unlessMissing(transport.query('Endpoint', id, wholeQuery));
      return text === undefined
        ? undefined
        : readEndpointV2(parseDocument(text, `read endpoint ${id}`));
    },
    async createEndpoint(spec) {
      const settings = JSON.stringify(writeEndpointV2(spec));
      const text = await transport.create('Endpoint', spec.id, settings, spec.networkId);
      const doing = `create endpoint ${spec.id}`;
      return identified(readEndpointV2(parseDocument(text, doing)), doing);
    },
    deleteEndpoint: (id) => wasThere(transport.delete('Endpoint', id)),
    attach: (sandbox, endpointId) => modifyNamespace(sandbox, 'Add', endpointId),
    detach: (sandbox, endpointId) => wasAttached(modifyNamespace(sandbox, 'Remove', endpointId)),
    async createNetwork(spec) {
      const settings = JSON.stringify(writeNetworkV2(spec));
      const text = await transport.create('Network', spec.id, settings);
      const doing = `create network ${spec.name}`;
      return identified(readNetworkV2(parseDocument(text, doing)), doing);
    },
    deleteNetwork: (id) => wasThere(transport.delete('Network', id)),
    close: () => transport.close(),
  };
}

/**
 * The document of an endpoint that is asked for; empty lists are left out, as hcsshim does.
 * HostComputeNamespace is read-only there. Throws PolicyError for a policy that V2 does not have.
 */
function writeEndpointV2(spec: EndpointSpec): JsonDocument {
  return {
    Name: spec.name,
    HostComputeNetwork: spec.networkId,
    ...list('Policies', spec.policies.map(writePolicyV2)),
    ...list(
      'IpConfigurations',
      spec.addresses.map(({ address, prefixLength }) => ({
        IpAddress: address,
        ...(prefixLength === undefined ? {} : { PrefixLength: prefixLength }),
      })),
    ),
    Dns: writeDns(spec.dns),
    ...list(
      'Routes',
      spec.routes.map(({ destination, nextHop }) => ({
        NextHop: nextHop,
        DestinationPrefix: destination,
      })),
    ),
    ...(spec.mac === undefined ? {} : { MacAddress: spec.mac }),
    ...schemaVersion,
  };
}

function list(key: string, entries: readonly unknown[]): JsonDocument {
  return entries.length > 0 ? { [key]: entries } : {};
}

function readEndpointV2(document: JsonDocument): Endpoint {
  const namespaceId = idField(document, 'HostComputeNamespace');
  const mac = textField(document, 'MacAddress');
  const dns = documentField(document, 'Dns');
  const domain = textField(dns, 'Domain');
  return {
    id: idField(document, 'ID') ?? '',
    name: textField(document, 'Name') ?? '',
    networkId: idField(document, 'HostComputeNetwork') ?? '',
    addresses: documentsField(document, 'IpConfigurations').flatMap((entry) => {
      const address = textField(entry, 'IpAddress');
      const prefixLength = numberField(entry, 'PrefixLength');
      if (address === undefined) return [];
      return [{ address, ...(prefixLength === undefined ? {} : { prefixLength }) }];
    }),
    routes: documentsField(document, 'Routes').flatMap((route) => {
      const destination = textField(route, 'DestinationPrefix');
      const nextHop = textField(route, 'NextHop');
      return destination === undefined || nextHop === undefined ? [] : [{ destination, nextHop }];
    }),
    dns: {
      search: textsField(dns, 'Search'),
      servers: textsField(dns, 'ServerList'),
      options: textsField(dns, 'Options'),
      ...(domain === undefined ? {} : { domain }),
    },
    policies: documentsField(document, 'Policies').map(readHnsPolicy),
    ...(namespaceId === undefined ? {} : { namespaceId }),
    ...(mac === undefined ? {} : { mac }),
  };
}

function writeDns(dns: EndpointDns): JsonDocument {
  return {
    ...(dns.domain === undefined ? {} : { Domain: dns.domain }),
    ...list('Search', dns.search),
    ...list('ServerList', dns.servers),
    ...list('Options', dns.options),
  };
}

/** The document of a network that is asked for. */
function writeNetworkV2(spec: NetworkSpec): JsonDocument {
  const adapter = spec.adapter === undefined ? [] : [{ NetworkAdapterName: spec.adapter }];
  const subnets = spec.subnets.map(({ gateway, prefix, vsid }) => ({
    IpAddressPrefix: prefix,
    ...(gateway === undefined
      ? {}
      : { Routes: [{ NextHop: gateway, DestinationPrefix: anywhere(prefix) }] }),
    ...(vsid === undefined
      ? {}
      : { Policies: [{ Type: 'VSID', Settings: { IsolationId: vsid } }] }),
  }));
  return {
    Name: spec.name,
    Type: spec.type,
    ...list(
      'Policies',
      adapter.map((Settings) => ({ Type: 'NetAdapterName', Settings })),
    ),
    Dns: writeDns(spec.dns),
    ...(subnets.length === 0 ? {} : { Ipams: [{ Type: 'Static', Subnets: subnets }] }),
    ...schemaVersion,
  };
}

function anywhere(prefix: string): string {
  return prefix.includes(':') ? '::/0' : '0.0.0.0/0';
}

function readNetworkV2(document: JsonDocument): Network {
  const subnets = documentsField(document, 'Ipams').flatMap((ipam) =>
    documentsField(ipam, 'Subnets'),
  );
  const provider = documentsField(document, 'Policies').find(
    (policy) => textField(policy, 'Type') === 'ProviderAddress',
  );
  const managementAddress =
    provider && textField(documentField(provider, 'Settings'), 'ProviderAddress');
  return {
    id: idField(document, 'ID') ?? '',
    name: textField(document, 'Name') ?? '',
    type: textField(document, 'Type') ?? '',
    subnets: subnets.flatMap((subnet) => {
      const prefix = textField(subnet, 'IpAddressPrefix');
      const [route = {}] = documentsField(subnet, 'Routes');
      const gateway = textField(route, 'NextHop');
      return prefix === undefined
        ? []
        : [{ prefix, ...(gateway === undefined ? {} : { gateway }) }];
    }),
    ...(managementAddress === undefined ? {} : { managementAddress }),
  };
}
