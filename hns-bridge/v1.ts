import { bareId, outputObject } from './answers.ts';
import {
  documentField,
  documentsField,
  type JsonDocument,
  numberField,
  textField,
} from './document.ts';
import { isHnsError } from './error.ts';
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
      const body = writeEndpointV1(spec);
      return readEndpointV1(await ask('POST', '/endpoints', body, `create endpoint ${spec.name}`));
    },
    async deleteEndpoint(id) {
      const doing = `delete endpoint ${id}`;
      return (
        (await unlessMissing(ask('DELETE', `/endpoints/${id}`, undefined, doing))) !== undefined
      );
    },
    async attach(container, endpointId) {
      const doing = `attach endpoint ${endpointId} to container ${container}`;
      await ask('POST', `/endpoints/${endpointId}/attach`, containerBody(container), doing);
    },
    async detach(container, endpointId) {
      const doing = `detach endpoint ${endpointId} from container ${container}`;
      const path = `/endpoints/${endpointId}/detach`;
      return (
        (await unlessMissing(ask('POST', path, containerBody(container), doing))) !== undefined
      );
    },
    async createNetwork(spec) {
      const body = writeNetworkV1(spec);
      return readNetworkV1(await ask('POST', '/networks', body, `create network ${spec.name}`));
    },
    async deleteNetwork(id) {
      const doing = `delete network ${id}`;
      return (
        (await unlessMissing(ask('DELETE', `/networks/${id}`, undefined, doing))) !== undefined
      );
    },
    close: () => transport.close(),
  };
}

function containerBody(container: string): JsonDocument {
  return { SystemType: 'Container', ContainerId: container };
}

async function unlessMissing(answer: Promise<JsonDocument>): Promise<JsonDocument | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isHnsError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** The flat document of an endpoint that is asked for. */
export function writeEndpointV1(spec: EndpointSpec): JsonDocument {
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
    GatewayAddress: four.gateway,
    IPv6Address: six.address?.address,
    GatewayAddressV6: six.gateway,
    MacAddress: spec.mac,
    DNSServerList: spec.dns.servers.join(',') || undefined,
    DNSSuffix: spec.dns.search.join(',') || undefined,
    DNSDomain: spec.dns.domain,
    Policies: spec.policies.map(writePolicyV1),
  };
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
}

function readEndpointV1(document: JsonDocument): Endpoint {
  const namespaceId = textField(documentField(document, 'Namespace'), 'ID');
  const mac = textField(document, 'MacAddress');
  const domain = textField(document, 'DNSDomain');
  const list = (key: string) =>
    (textField(document, key) ?? '').split(',').filter((text) => text !== '');
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
    id: bareId(textField(document, 'ID') ?? ''),
    name: textField(document, 'Name') ?? '',
    networkId: bareId(textField(document, 'VirtualNetwork') ?? ''),
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
    ...(namespaceId === undefined ? {} : { namespaceId: bareId(namespaceId) }),
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
