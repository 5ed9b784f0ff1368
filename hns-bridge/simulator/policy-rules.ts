import { parseAddress, parseCidr } from '../../cni/address.ts';
import type { JsonObject } from '../../cni/json-object.ts';
import { documentField, numberField, textField, textsField } from '../json-document.ts';
import { refuse } from './refusal.ts';
import { type HnsState, hasFeature, policiesOf } from './state.ts';

/** The types of endpoint policy that V2 knows (HNS.md, "V1's names and V2's"). */
const types = [
  'PortMapping',
  'ACL',
  'QOS',
  'L2Driver',
  'OutBoundNAT',
  'SDNRoute',
  'L4Proxy',
  'L4WFPPROXY',
  'PortName',
  'EncapOverhead',
  'Iov',
  'ProviderAddress',
  'InterfaceConstraint',
  'TierAcl',
  'VLAN',
  'VSID',
];

/** Refuses what HNS would of an endpoint's policies. */
export function checkPolicies(
  state: HnsState,
  network: JsonObject,
  policies: readonly JsonObject[],
): void {
  for (const policy of policies) {
    const type = textField(policy, 'Type') ?? '';
    if (!types.includes(type)) {
      refuse('invalidPolicyType', `The policy type is invalid: ${type}`);
    }
    checkSettings(state, network, type, documentField(policy, 'Settings'));
  }
  if (state.rules.secondExceptionList === 'refused') assertOneExceptionList(policies);
  assertFreePorts(state, policies);
}

function checkSettings(
  state: HnsState,
  network: JsonObject,
  type: string,
  settings: JsonObject,
): void {
  const bad = (what: string) => refuse('invalidPolicy', `Invalid policy ${type}: ${what}`);
  switch (type) {
    case 'OutBoundNAT':
      for (const text of textsField(settings, 'Exceptions')) {
        if (!parseCidr(text)) bad(`exception ${text}`);
      }
      if (!isAddressOrNothing(textField(settings, 'VirtualIP'))) bad('VirtualIP');
      if (textsField(settings, 'Destinations').length > 0) assertDsr(state);
      return;
    case 'SDNRoute':
      if (!parseCidr(textField(settings, 'DestinationPrefix') ?? '')) bad('DestinationPrefix');
      if (!isAddressOrNothing(textField(settings, 'NextHop'))) bad('NextHop');
      return;
    case 'ProviderAddress':
      if (textField(network, 'Type') !== 'Overlay') bad('the network is no overlay');
      if (!parseAddress(textField(settings, 'ProviderAddress') ?? '')) bad('ProviderAddress');
      return;
    case 'PortMapping':
      if (!protocols.includes(numberField(settings, 'Protocol') ?? 0)) bad('Protocol');
      if (!isPort(numberField(settings, 'ExternalPort'))) bad('ExternalPort');
      if (!isPort(numberField(settings, 'InternalPort'))) bad('InternalPort');
      if (!isAddressOrNothing(textField(settings, 'VIP'))) bad('VIP');
      return;
    case 'ACL':
      if (!['Allow', 'Block', 'Pass'].includes(textField(settings, 'Action') ?? '')) bad('Action');
      if (!['In', 'Out'].includes(textField(settings, 'Direction') ?? '')) bad('Direction');
      return;
    default:
      return;
  }
}

/** ICMPv4, IGMP, TCP, UDP, ICMPv6, SCTP. */
const protocols: readonly number[] = [1, 2, 6, 17, 58, 132];

const isPort = (port: number | undefined) => port !== undefined && port > 0 && port < 65_536;

const isAddressOrNothing = (text: string | undefined) =>
  text === undefined || parseAddress(text) !== undefined;

function assertDsr(state: HnsState): void {
  if (hasFeature(state, 'dsr')) return;
  refuse('unsupported', 'The request is not supported: direct server return');
}

/** HNS takes one list of exceptions for each family (HNS.md, "What the simulator adds"). */
function assertOneExceptionList(policies: readonly JsonObject[]): void {
  const families = policies
    .filter((policy) => textField(policy, 'Type') === 'OutBoundNAT')
    .map((policy) => documentField(policy, 'Settings'))
    .filter((settings) => textsField(settings, 'Destinations').length === 0)
    .map((settings) => (textsField(settings, 'Exceptions')[0]?.includes(':') ? 6 : 4));
  if (new Set(families).size < families.length) {
    refuse('invalidPolicy', 'Invalid policy OutBoundNAT: the endpoint has one already');
  }
}

/** A port of the node leads to one endpoint. */
function assertFreePorts(state: HnsState, policies: readonly JsonObject[]): void {
  const taken = new Set(state.endpoints.flatMap((endpoint) => portKeys(policiesOf(endpoint))));
  for (const key of portKeys(policies)) {
    if (taken.has(key)) refuse('portExists', `The port already exists: ${key}`);
    taken.add(key);
  }
}

function portKeys(policies: readonly JsonObject[]): string[] {
  return policies
    .filter((policy) => textField(policy, 'Type') === 'PortMapping')
    .map((policy) => {
      const settings = documentField(policy, 'Settings');
      const six = ((numberField(settings, 'Flags') ?? 0) & 2) !== 0;
      const vip = textField(settings, 'VIP') ?? (six ? '::' : '0.0.0.0');
      return `${vip}/${numberField(settings, 'Protocol')}/${numberField(settings, 'ExternalPort')}`;
    });
}
