import { canonicalAddress } from '../../../cni/address.ts';
import type { JsonObject } from '../../../cni/json-object.ts';
import { readId } from '../../../hns-bridge/ids.ts';
import {
  documentField,
  field,
  numberField,
  textField,
  textsField,
} from '../../../hns-bridge/json-document.ts';
import { defined } from '../../../system/defined.ts';
import { containerOfEndpoint, isHostEndpoint } from '../../attach/endpoint-names.ts';

/** An endpoint of V1's listing, as far as it says whose it is and where. */
export interface ListedEndpoint {
  /** Bare. */
  readonly id: string;
  readonly name: string;
  /** The network's name; empty where the listing does not say it. */
  readonly network: string;
  /** In their canonical form. */
  readonly addresses: readonly string[];
  /** The compute namespace it is in, bare. */
  readonly namespace?: string;
  /** Docker's containers that it is in. */
  readonly containers: readonly string[];
  /** 1 created, 2 attached, 3 shared, 4 detached, 5 degraded (hcsshim, EndpointState). */
  readonly state?: number;
  readonly whose: Whose;
}

/** Whose an endpoint is: a pod's by its name; the host's own; another node's, which kube-proxy made; none that we know. */
export type Whose =
  | { readonly kind: 'pod'; readonly container: string }
  | { readonly kind: 'host' | 'remote' | 'other' };

/** What hcsshim calls a degraded endpoint. */
export const degraded = 5;

/** Reads V1's listing of endpoints. What has no id is passed over. */
export function readEndpoints(documents: readonly JsonObject[]): readonly ListedEndpoint[] {
  return documents.flatMap((document) => {
    const id = readId(field(document, 'ID'));
    if (id === undefined) return [];
    const name = textField(document, 'Name') ?? '';
    const network = textField(document, 'VirtualNetworkName') ?? '';
    return [
      defined({
        id,
        name,
        network,
        addresses: ['IPAddress', 'IPv6Address'].flatMap((key) => {
          const text = textField(document, key);
          return text === undefined ? [] : [canonicalAddress(text) ?? text];
        }),
        namespace: readId(field(documentField(document, 'Namespace'), 'ID')),
        containers: textsField(document, 'SharedContainers'),
        state: numberField(document, 'State'),
        whose: whoseOf(document, name, network),
      }),
    ];
  });
}

function whoseOf(document: JsonObject, name: string, network: string): Whose {
  if (field(document, 'IsRemoteEndpoint') === true) return { kind: 'remote' };
  if (isHostEndpoint(name)) return { kind: 'host' };
  const container = containerOfEndpoint(name, network);
  return container === undefined ? { kind: 'other' } : { kind: 'pod', container };
}

/** Whether an endpoint is in anything at all: a namespace, or a container of Docker's. */
export function isAttached({ containers, namespace }: ListedEndpoint): boolean {
  return namespace !== undefined || containers.length > 0;
}
