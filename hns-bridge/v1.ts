import {
  identified,
  idField,
  outputObject,
  unlessMissing,
  wasAttached,
  wasThere,
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
import { listings, readNetworkV1 } from './listings.ts';
import type { Endpoint, EndpointSpec, NetworkSpec } from './model.ts';
import { readHnsPolicy } from './policies.ts';
import { writePolicyV1 } from './policy-documents.ts';
import type { Transport } from './transport.ts';

/**
 * HNS in the dialect of its first API: what Docker's containers are attached with. It chooses ids
 * itself: an endpoint is known by its name.
 */
export function hnsV1(transport: Transport): Hns {
  const read = listings(transport);
  const ask = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body: JsonDocument | undefined,
    doing: string,
  ) => outputObject(await transport.v1(method, path, body ? JSON.stringify(body) : ''), doing);
  return {
    ...read,
    async endpointIdsNamed(name) {
      const wanted = name.toLowerCase();
      const found = (await read.endpoints()).filter((entry) => entry.name.toLowerCase() === wanted);
      return found.map(({ id }) => id);
    },
    async endpoint(id) {
      const doing = `read endpoint ${id}`;
      const document = await unlessMissing(ask('GET', `/endpoints/${id}`, undefined, doing));
      return document && readEndpointV1(document);
    },
    async createEndpoint(spec) {
      const doing = `create endpoint ${spec.name}`;
      const answer = await ask('POST', '/endpoints', writeEndpointV1(spec), doing);
      return identified(readEndpointV1(answer), doing);
    },
    async deleteEndpoint(id) {
      const doing = `delete endpoint ${id}`;
      return wasThere(ask('DELETE', `/endpoints/${id}`, undefined, doing));
    },
    async attach(container, endpointId) {
      const doing = `attach endpoint ${endpointId} to container ${container}`;
      await ask('POST', `/endpoints/${endpointId}/attach`, containerBody(container), doing);
    },
    async detach(container, endpointId) {
      const doing = `detach endpoint ${endpointId} from container ${container}`;
      const path = `/endpoints/${endpointId}/detach`;
      return wasAttached(ask('POST', path, containerBody(container), doing));
    },
    async createNetwork(spec) {
      const doing = `create network ${spec.name}`;
      const answer = await ask('POST', '/networks', writeNetworkV1(spec), doing);
      return identified(readNetworkV1(answer), doing);
    },
    async deleteNetwork(id) {
      const doing = `delete network ${id}`;
      return wasThere(ask('DELETE', `/networks/${id}`, undefined, doing));
    },
    close: () => transport.close(),
  };
}

function containerBody(container: string): JsonDocument {
  return { SystemType: 'Container', ContainerId: container };
}

/**
 * The flat document of an endpoint that is asked for. V1 has one address and one gateway a family,
 * and neither further routes nor resolver options: those stay out. Throws PolicyError for a policy
 * that V1 can't say.
 */
function writeEndpointV1(spec: EndpointSpec): JsonDocument {
  const of = (six: boolean) => ({
    address: spec.addresses.find(({ address }) => address.includes(':') === six),
    gateway: spec.routes.find(({ destination }) => destination === (six ? '::/0' : '0.0.0.0/0'))
      ?.nextHop,
  });
  const four = of(false);
  const six = of(true);
  const document = {
    Name: spec.name,
    VirtualNetwork: spec.networkId,
    IPAddress: four.address?.address,
    PrefixLength: four.address?.prefixLength,
    GatewayAddress: four.gateway,
    IPv6Address: six.address?.address,
    IPv6PrefixLength: six.address?.prefixLength,
    GatewayAddressV6: six.gateway,
    MacAddress: spec.mac,
    DNSServerList: spec.dns.servers.join(',') || undefined,
    DNSSuffix: spec.dns.search.join(',') || undefined,
    DNSDomain: spec.dns.domain,
    Policies: spec.policies.length > 0 ? spec.policies.map(writePolicyV1) : undefined,
  };
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
}

/** The state of an endpoint that is of no use any more (hcsshim, EndpointState). */
const degraded = 5;

function readEndpointV1(document: JsonDocument): Endpoint {
  const containers = textsField(document, 'SharedContainers');
  const namespaceId = idField(documentField(document, 'Namespace'), 'ID');
  const mac = textField(document, 'MacAddress');
  const domain = textField(document, 'DNSDomain');
  const list = (key: string) =>
    (textField(document, key) ?? '')
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== '');
  const address = (key: string, length: string) => {
    const text = textField(document, key);
    const prefixLength = numberField(document, length);
    if (text === undefined) return [];
    return [{ address: text, ...(prefixLength === undefined ? {} : { prefixLength }) }];
  };
  const route = (key: string, destination: string) => {
    const nextHop = textField(document, key);
    return nextHop === undefined ? [] : [{ destination, nextHop }];
  };
  return {
    id: idField(document, 'ID') ?? '',
    name: textField(document, 'Name') ?? '',
    networkId: idField(document, 'VirtualNetwork') ?? '',
    addresses: [
      ...address('IPAddress', 'PrefixLength'),
      ...address('IPv6Address', 'IPv6PrefixLength'),
    ],
    routes: [...route('GatewayAddress', '0.0.0.0/0'), ...route('GatewayAddressV6', '::/0')],
    dns: {
      search: list('DNSSuffix'),
      servers: list('DNSServerList'),
      options: [],
      ...(domain === undefined ? {} : { domain }),
    },
    policies: documentsField(document, 'Policies').map(readHnsPolicy),
    ...(namespaceId === undefined ? {} : { namespaceId }),
    ...(containers.length === 0 ? {} : { containers }),
    ...(numberField(document, 'State') === degraded ? { degraded: true } : {}),
    ...(mac === undefined ? {} : { mac }),
  };
}

function writeNetworkV1(spec: NetworkSpec): JsonDocument {
  return {
    Name: spec.name,
    Type: spec.type,
    Subnets: spec.subnets.map(({ gateway, prefix, vsid }) => ({
      AddressPrefix: prefix,
      ...(gateway === undefined ? {} : { GatewayAddress: gateway }),
      ...(vsid === undefined ? {} : { Policies: [{ Type: 'VSID', VSID: vsid }] }),
    })),
    ...(spec.adapter === undefined ? {} : { NetworkAdapterName: spec.adapter }),
    ...(spec.dns.servers.length === 0 ? {} : { DNSServerList: spec.dns.servers.join(',') }),
    ...(spec.dns.search.length === 0 ? {} : { DNSSuffix: spec.dns.search.join(',') }),
  };
}
