import { garbled, idField, outputList, outputObject } from './answers.ts';
import {
  documentField,
  documentsField,
  type JsonDocument,
  numberField,
  textField,
} from './document.ts';
import type { EndpointEntry, HnsVersion, Network } from './model.ts';
import type { Transport } from './transport.ts';

/** What both dialects read through V1: see hns.ts for why. */
export function listings(transport: Transport) {
  return {
    async version(): Promise<HnsVersion> {
      const doing = 'tell its version';
      const answer = outputObject(await transport.v1('GET', '/globals/version', ''), doing);
      const major = numberField(answer, 'Major');
      const minor = numberField(answer, 'Minor');
      if (major === undefined || minor === undefined) throw garbled('no version', '', doing);
      return { major, minor };
    },
    async networks(): Promise<readonly Network[]> {
      const answer = await transport.v1('GET', '/networks/', '');
      return outputList(answer, 'list networks').map(readNetworkV1);
    },
    async endpoints(): Promise<readonly EndpointEntry[]> {
      const answer = await transport.v1('GET', '/endpoints/', '');
      return outputList(answer, 'list endpoints').map(readEntryV1);
    },
  };
}

/** A network as V1 writes it. */
export function readNetworkV1(document: JsonDocument): Network {
  const managementAddress = textField(document, 'ManagementIP');
  return {
    id: idField(document, 'ID') ?? '',
    name: textField(document, 'Name') ?? '',
    type: textField(document, 'Type') ?? '',
    subnets: documentsField(document, 'Subnets').flatMap((subnet) => {
      const prefix = textField(subnet, 'AddressPrefix');
      const gateway = textField(subnet, 'GatewayAddress');
      return prefix === undefined
        ? []
        : [{ prefix, ...(gateway === undefined ? {} : { gateway }) }];
    }),
    ...(managementAddress === undefined ? {} : { managementAddress }),
  };
}

function readEntryV1(document: JsonDocument): EndpointEntry {
  const namespace = idField(documentField(document, 'Namespace'), 'ID');
  return {
    id: idField(document, 'ID') ?? '',
    name: textField(document, 'Name') ?? '',
    networkId: idField(document, 'VirtualNetwork') ?? '',
    ...(namespace === undefined ? {} : { namespaceId: namespace }),
  };
}
