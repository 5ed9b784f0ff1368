import { type Address, parseAddress, sameAddress } from '../../../../cni/address.ts';
import type { JsonObject } from '../../../../cni/json-object.ts';
import { type NetworkDocument, readNetwork } from '../../../../hns-bridge/documents.ts';
import { field, textField } from '../../../../hns-bridge/json-document.ts';
import { decodeNetwork } from '../../../../hns-bridge/v1.ts';
import { type Network, networkOf } from '../../../attach/network.ts';
import type { Facts } from '../../facts/facts.ts';

/** The networks of HNS's as the plugins read them: from V1's listing, else V2's. None where HNS did not answer. */
export function networksOf({ hns }: Pick<Facts, 'hns'>): readonly Network[] {
  const documents: readonly (NetworkDocument | undefined)[] =
    hns?.v1?.networks.map(decodeNetwork) ?? hns?.v2?.networks.map(readNetwork) ?? [];
  return documents.flatMap((document) =>
    document?.ID === undefined ? [] : [networkOf({ ...document, ID: document.ID })],
  );
}

/** The network of a name, in any letter case, as the plugins find it. */
export function networkNamed(
  facts: Pick<Facts, 'hns'>,
  name: string | undefined,
): Network | undefined {
  const networks = networksOf(facts);
  return (
    networks.find((network) => network.name === name) ??
    networks.find((network) => network.name.toLowerCase() === name?.toLowerCase())
  );
}

/** An endpoint of V1's listing, which has those of both dialects. */
export interface NodeEndpoint {
  readonly id: string;
  readonly name: string;
  /** In small letters. */
  readonly network: string;
  readonly address: Address | undefined;
  readonly isRemote: boolean;
  /** Whether a container or a namespace holds it. */
  readonly isHeld: boolean;
}

/** The endpoints at the last look, else those of the listing. */
export function endpointsOf({
  hns,
  looks,
}: Pick<Facts, 'hns' | 'looks'>): readonly NodeEndpoint[] | undefined {
  const documents = looks.at(-1)?.endpoints ?? hns?.v1?.endpoints;
  return documents?.map(endpointOf);
}

function endpointOf(document: JsonObject): NodeEndpoint {
  const containers = field(document, 'SharedContainers');
  return {
    id: textField(document, 'ID') ?? '',
    name: textField(document, 'Name') ?? '',
    network: (textField(document, 'VirtualNetwork') ?? '').toLowerCase(),
    address: parseAddress(textField(document, 'IPAddress') ?? ''),
    isRemote: field(document, 'IsRemoteEndpoint') === true,
    isHeld:
      (Array.isArray(containers) && containers.length > 0) ||
      field(document, 'Namespace') !== undefined,
  };
}

/** The endpoint of a network that has an address. */
export function endpointWith(
  endpoints: readonly NodeEndpoint[],
  network: Network,
  address: Address,
): NodeEndpoint | undefined {
  return endpoints.find(
    (endpoint) =>
      endpoint.network === network.id.toLowerCase() &&
      endpoint.address !== undefined &&
      sameAddress(endpoint.address, address),
  );
}
