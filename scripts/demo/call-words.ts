import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import {
  documentField,
  documentsField,
  field,
  numberField,
  textField,
  textsField,
} from '../../hns-bridge/json-document.ts';
import type { JournalLine } from '../simulated-node.ts';
import { short } from './node-state.ts';
import { below } from './text.ts';

/**
 * What HNS was asked and what came of it, in a few words, from the journal and nothing else: the calls that
 * only look side by side, a line for each of the others.
 */
export function callLines(calls: readonly JournalLine[]): readonly string[] {
  const lines: string[] = [];
  let looks: string[] = [];
  const tellLooks = () => {
    if (looks.length > 0) lines.push(below(looks.join(', ')));
    looks = [];
  };
  for (const call of calls) {
    if (call.code === null && looking.test(call.operation)) {
      looks.push(call.operation);
      continue;
    }
    tellLooks();
    lines.push(...changeLines(call));
  }
  tellLooks();
  return lines;
}

const looking = /^(?:GET|Enumerate|Open|Query)/;

function changeLines({ answer, body, code, operation, target }: JournalLine): readonly string[] {
  const asked = objectOf(body);
  const policies = operation === 'CreateEndpoint' ? documentsField(asked, 'Policies') : [];
  const refused = code === null ? '' : `: refused, ${code} ${textOf(answer)}`;
  return [
    below(`${operation} ${short(target ?? '')}${changeWords(operation, asked)}${refused}`),
    ...policies.map((policy) => below(policyWords(policy), 2)),
  ];
}

function changeWords(operation: string, asked: JsonObject): string {
  if (operation === 'CreateEndpoint') {
    const addresses = documentsField(asked, 'IpConfigurations').map(
      (configuration) => `${textField(configuration, 'IpAddress')}`,
    );
    return ` with ${addresses.join(', ')} and these policies`;
  }
  if (operation !== 'ModifyNamespace') return '';
  const endpoint = textField(documentField(asked, 'Settings'), 'EndpointId') ?? '';
  return `: ${textField(asked, 'RequestType')} endpoint ${short(endpoint)}`;
}

/** A policy of an endpoint, V2's document: its type, and what it says. */
function policyWords(policy: JsonObject): string {
  const type = textField(policy, 'Type') ?? '';
  const words = settingsWords(type, documentField(policy, 'Settings'));
  return `${type.padEnd('ProviderAddress'.length)} ${words}`;
}

function settingsWords(type: string, settings: JsonObject): string {
  switch (type) {
    case 'OutBoundNAT':
      return `exceptions ${textsField(settings, 'Exceptions').join(', ')}`;
    case 'SDNRoute': {
      const way = field(settings, 'NeedEncap') === true ? ', encapsulated' : '';
      return `${textField(settings, 'DestinationPrefix')}${way}`;
    }
    case 'ProviderAddress':
      return `${textField(settings, 'ProviderAddress')}`;
    case 'PortMapping': {
      const protocol = protocols.get(numberField(settings, 'Protocol') ?? 0);
      const [from, to] = ['ExternalPort', 'InternalPort'].map((key) => numberField(settings, key));
      return `${protocol ?? 'another protocol'}, port ${from} of the node to ${to} of the pod`;
    }
    default:
      return JSON.stringify(settings);
  }
}

/** IANA's numbers of the protocols that have ports. */
const protocols: ReadonlyMap<number, string> = new Map([
  [6, 'TCP'],
  [17, 'UDP'],
  [132, 'SCTP'],
]);

function textOf(answer: unknown): string {
  return typeof answer === 'string' ? answer : JSON.stringify(answer);
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
