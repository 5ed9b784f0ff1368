import { type Cidr, parseAddress, parseCidr } from '../../plugins/cni/address.ts';
import {
  documentField,
  type JsonDocument,
  numberField,
  textField,
  textsField,
} from '../document.ts';
import { supports } from '../features.ts';
import { refuse } from './refusal.ts';
import type { HnsState } from './state.ts';

/** The endpoint policies that V2 knows (hcsshim, hcnpolicy.go). */
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
  network: JsonDocument,
  policies: readonly JsonDocument[],
): void {
  for (const policy of policies) {
    const type = textField(policy, 'Type') ?? '';
    if (!types.includes(type)) {
      refuse('invalidPolicyType', `The policy type is invalid: ${type}`);
    }
    checkSettings(state, network, type, documentField(policy, 'Settings'));
  }
  refuseSecondExceptionList(policies);
  refuseTakenPorts(state, policies);
}

function checkSettings(
  state: HnsState,
  network: JsonDocument,
  type: string,
  settings: JsonDocument,
): void {
  const bad = (what: string) => refuse('invalidPolicy', `Invalid policy ${type}: ${what}`);
  switch (type) {
    case 'OutBoundNAT':
      for (const text of textsField(settings, 'Exceptions')) {
        if (!parseCidr(text)) bad(`exception ${text}`);
      }
      if (textsField(settings, 'Destinations').length > 0) refuseWithoutDsr(state);
      return;
    case 'SDNRoute':
      if (!parseCidr(textField(settings, 'DestinationPrefix') ?? '')) bad('DestinationPrefix');
      return;
    case 'ProviderAddress':
      if (textField(network, 'Type') !== 'Overlay') bad('the network is no overlay');
      if (!parseAddress(textField(settings, 'ProviderAddress') ?? '')) bad('ProviderAddress');
      return;
    case 'PortMapping':
      if (numberField(settings, 'Protocol') === undefined) bad('Protocol');
      if (!numberField(settings, 'ExternalPort')) bad('ExternalPort');
      return;
    default:
      return;
  }
}

function refuseWithoutDsr({ version }: HnsState): void {
  if (supports({ major: version.Major, minor: version.Minor }, 'dsr')) return;
  refuse('unsupported', 'The request is not supported: direct server return');
}

/** A second list of exceptions for one family: HNS takes one. */
function refuseSecondExceptionList(policies: readonly JsonDocument[]): void {
  const families = policies
    .filter((policy) => textField(policy, 'Type') === 'OutBoundNAT')
    .map((policy) => documentField(policy, 'Settings'))
    .filter((settings) => textsField(settings, 'Destinations').length === 0)
    .map((settings) => (textsField(settings, 'Exceptions')[0]?.includes(':') ? 6 : 4));
  if (new Set(families).size < families.length) {
    refuse('invalidPolicy', 'Invalid policy OutBoundNAT: the endpoint has one already');
  }
}

/** One port of the node leads to one endpoint. */
function refuseTakenPorts(state: HnsState, policies: readonly JsonDocument[]): void {
  const taken = new Set(state.endpoints.flatMap((endpoint) => portKeys(policiesOf(endpoint))));
  const clash = portKeys(policies).find((key) => taken.has(key));
  if (clash) refuse('portExists', `The port already exists: ${clash}`);
}

function portKeys(policies: readonly JsonDocument[]): string[] {
  return policies
    .filter((policy) => textField(policy, 'Type') === 'PortMapping')
    .map((policy) => {
      const settings = documentField(policy, 'Settings');
      const six = ((numberField(settings, 'Flags') ?? 0) & 2) !== 0;
      const vip = textField(settings, 'VIP') ?? (six ? '::' : '0.0.0.0');
      return `${vip}/${numberField(settings, 'Protocol')}/${numberField(settings, 'ExternalPort')}`;
    });
}

/** An endpoint's policies. */
export function policiesOf(endpoint: JsonDocument): readonly JsonDocument[] {
  const list = endpoint['Policies'];
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'object') : [];
}

/** The subnets of a network. */
export function subnetsOf(network: JsonDocument): readonly { cidr: Cidr; gateway: string }[] {
  const ipams = network['Ipams'];
  if (!Array.isArray(ipams)) return [];
  return ipams.flatMap((ipam: JsonDocument) => {
    const subnets = ipam['Subnets'];
    if (!Array.isArray(subnets)) return [];
    return subnets.flatMap((subnet: JsonDocument) => {
      const cidr = parseCidr(textField(subnet, 'IpAddressPrefix') ?? '');
      const routes = subnet['Routes'];
      const first: JsonDocument = Array.isArray(routes) ? (routes[0] ?? {}) : {};
      return cidr ? [{ cidr, gateway: textField(first, 'NextHop') ?? '' }] : [];
    });
  });
}
