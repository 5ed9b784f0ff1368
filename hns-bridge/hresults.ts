/** What a refusal of HNS means to a caller that can do something about it. */
export type HnsReason =
  /** The object that was asked about is not there. */
  | 'not-found'
  /** The compute system is not there: the container has ended. */
  | 'system-missing'
  /** It is there; something that belongs to it (a subnet, a switch port, a compartment) is not. */
  | 'part-missing'
  | 'exists'
  | 'address-taken'
  | 'attached'
  | 'degraded'
  | 'busy'
  | 'denied'
  | 'invalid'
  | 'unsupported'
  | 'other';

/** A code of HNS's: its name in winerror.h, what it means to a caller, what an operator can do. */
export interface KnownCode {
  readonly name: string;
  readonly reason: HnsReason;
  readonly remedy: string;
}

/**
 * HNS's own codes (0x803B….) and the Win32 and RPC ones it passes on (0x8007….), by their names, and
 * what they mean to a caller. 'no effect': HNS was not there to do anything, so a call that failed with
 * it surely had none. Where names, meanings and effects come from: HNS.md, "Codes".
 */
const codes = {
  HCN_E_NETWORK_NOT_FOUND: [0x803b0001, 'not-found'],
  HCN_E_ENDPOINT_NOT_FOUND: [0x803b0002, 'not-found'],
  HCN_E_LAYER_NOT_FOUND: [0x803b0003, 'part-missing'],
  HCN_E_SWITCH_NOT_FOUND: [0x803b0004, 'part-missing'],
  HCN_E_SUBNET_NOT_FOUND: [0x803b0005, 'part-missing'],
  HCN_E_ADAPTER_NOT_FOUND: [0x803b0006, 'part-missing'],
  HCN_E_PORT_NOT_FOUND: [0x803b0007, 'part-missing'],
  HCN_E_POLICY_NOT_FOUND: [0x803b0008, 'part-missing'],
  HCN_E_VFP_PORTSETTING_NOT_FOUND: [0x803b0009, 'part-missing'],
  HCN_E_INVALID_NETWORK: [0x803b000a, 'invalid'],
  HCN_E_INVALID_NETWORK_TYPE: [0x803b000b, 'invalid'],
  HCN_E_INVALID_ENDPOINT: [0x803b000c, 'invalid'],
  HCN_E_INVALID_POLICY: [0x803b000d, 'invalid'],
  HCN_E_INVALID_POLICY_TYPE: [0x803b000e, 'invalid'],
  HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION: [0x803b000f, 'invalid'],
  HCN_E_NETWORK_ALREADY_EXISTS: [0x803b0010, 'exists'],
  HCN_E_LAYER_ALREADY_EXISTS: [0x803b0011, 'exists'],
  HCN_E_POLICY_ALREADY_EXISTS: [0x803b0012, 'exists'],
  HCN_E_PORT_ALREADY_EXISTS: [0x803b0013, 'exists'],
  HCN_E_ENDPOINT_ALREADY_ATTACHED: [0x803b0014, 'attached'],
  HCN_E_REQUEST_UNSUPPORTED: [0x803b0015, 'unsupported'],
  HCN_E_MAPPING_NOT_SUPPORTED: [0x803b0016, 'unsupported'],
  HCN_E_DEGRADED_OPERATION: [0x803b0017, 'degraded'],
  HCN_E_SHARED_SWITCH_MODIFICATION: [0x803b0018, 'invalid'],
  HCN_E_GUID_CONVERSION_FAILURE: [0x803b0019, 'invalid'],
  HCN_E_REGKEY_FAILURE: [0x803b001a, 'other'],
  HCN_E_INVALID_JSON: [0x803b001b, 'invalid'],
  HCN_E_INVALID_JSON_REFERENCE: [0x803b001c, 'invalid'],
  HCN_E_ENDPOINT_SHARING_DISABLED: [0x803b001d, 'unsupported'],
  HCN_E_INVALID_IP: [0x803b001e, 'invalid'],
  HCN_E_SWITCH_EXTENSION_NOT_FOUND: [0x803b001f, 'part-missing'],
  HCN_E_MANAGER_STOPPED: [0x803b0020, 'busy', 'no effect'],
  GCN_E_MODULE_NOT_FOUND: [0x803b0021, 'other'],
  GCN_E_NO_REQUEST_HANDLERS: [0x803b0022, 'other'],
  GCN_E_REQUEST_UNSUPPORTED: [0x803b0023, 'unsupported'],
  GCN_E_RUNTIMEKEYS_FAILED: [0x803b0024, 'other'],
  GCN_E_NETADAPTER_TIMEOUT: [0x803b0025, 'busy'],
  GCN_E_NETADAPTER_NOT_FOUND: [0x803b0026, 'part-missing'],
  GCN_E_NETCOMPARTMENT_NOT_FOUND: [0x803b0027, 'part-missing'],
  GCN_E_NETINTERFACE_NOT_FOUND: [0x803b0028, 'part-missing'],
  GCN_E_DEFAULTNAMESPACE_EXISTS: [0x803b0029, 'exists'],
  HCN_E_ICS_DISABLED: [0x803b002a, 'unsupported'],
  HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS: [0x803b002b, 'attached'],
  HCN_E_ENTITY_HAS_REFERENCES: [0x803b002c, 'attached'],
  HCN_E_INVALID_INTERNAL_PORT: [0x803b002d, 'invalid'],
  HCN_E_NAMESPACE_ATTACH_FAILED: [0x803b002e, 'other'],
  HCN_E_ADDR_INVALID_OR_RESERVED: [0x803b002f, 'address-taken'],
  HCS_E_ACCESS_DENIED: [0x8037011b, 'denied'],
  HCS_E_INVALID_JSON: [0x8037010d, 'invalid'],
  HCS_E_INVALID_STATE: [0x80370105, 'invalid'],
  HCS_E_SYSTEM_NOT_FOUND: [0x8037010e, 'system-missing'],
  HCS_E_SYSTEM_ALREADY_STOPPED: [0x80370110, 'system-missing'],
  E_NOTIMPL: [0x80004001, 'unsupported'],
  // What COM says when the server of hns.1 has gone away below a call.
  RPC_E_SERVER_DIED: [0x80010007, 'busy'],
  RPC_E_SERVER_DIED_DNE: [0x80010012, 'busy', 'no effect'],
  RPC_E_DISCONNECTED: [0x80010108, 'busy'],
  CO_E_OBJNOTCONNECTED: [0x800401fd, 'busy'],
  ERROR_ACCESS_DENIED: [0x80070005, 'denied'],
  // HNS says so of a host port that a program of the node listens on.
  ERROR_SHARING_VIOLATION: [0x80070020, 'exists'],
  ERROR_DUP_NAME: [0x80070034, 'exists'],
  // HNS remembers an object of before its restart.
  ERROR_ALREADY_EXISTS: [0x800700b7, 'exists'],
  ERROR_INVALID_PARAMETER: [0x80070057, 'invalid'],
  ERROR_SERVICE_DISABLED: [0x80070422, 'busy', 'no effect'],
  ERROR_SERVICE_NOT_ACTIVE: [0x80070426, 'busy', 'no effect'],
  ERROR_NOT_FOUND: [0x80070490, 'not-found'],
  RPC_S_SERVER_UNAVAILABLE: [0x800706ba, 'busy', 'no effect'],
  RPC_S_SERVER_TOO_BUSY: [0x800706bb, 'busy', 'no effect'],
  RPC_S_CALL_FAILED: [0x800706be, 'busy'],
  RPC_S_CALL_FAILED_DNE: [0x800706bf, 'busy', 'no effect'],
  // No such endpoint in the mapper of RPC: HNS is stopped.
  EPT_S_NOT_REGISTERED: [0x800706d9, 'busy', 'no effect'],
  ERROR_OBJECT_ALREADY_EXISTS: [0x80071392, 'address-taken'],
} as const satisfies Readonly<
  Record<string, readonly [hresult: number, reason: HnsReason, effect?: 'no effect']>
>;

const gone = (what: string) => `${what} is gone; delete and add the pod again`;
const bug = 'a bug of wincni, please report it with the log';
const tooOld = 'this Windows version cannot do it';
const noRegistry = 'HNS could not use its part of the registry';
const repairWindows = 'a part of HNS is missing: repair Windows with sfc /scannow';
const startService = 'start the Host Network Service: Start-Service hns';
const wentAway = 'the Host Network Service went away during the call: Get-Service hns';
const askService =
  'the Host Network Service does not answer: Get-Service hns, then Restart-Service hns';

/** What an operator can do about each. */
const remedies: Readonly<Record<string, string>> = {
  HCN_E_NETWORK_NOT_FOUND: 'create the network first, or check the name in the configuration',
  HCN_E_ENDPOINT_NOT_FOUND: gone('the endpoint'),
  HCN_E_LAYER_NOT_FOUND: gone('it'),
  HCN_E_SWITCH_NOT_FOUND: 'the network has lost its switch: delete the network and create it again',
  HCN_E_SUBNET_NOT_FOUND:
    'the address must lie in a subnet of the network: compare ipam.subnet with the network',
  HCN_E_ADAPTER_NOT_FOUND:
    'the network adapter is gone or was renamed: check "master" and Get-NetAdapter',
  HCN_E_PORT_NOT_FOUND: gone('the switch port'),
  HCN_E_POLICY_NOT_FOUND: gone('the policy'),
  HCN_E_VFP_PORTSETTING_NOT_FOUND: gone('it'),
  HCN_E_INVALID_NETWORK: 'HNS does not accept this network as it was asked for',
  HCN_E_INVALID_NETWORK_TYPE: 'the network is of a type that does not allow this',
  HCN_E_INVALID_ENDPOINT: 'HNS does not accept the endpoint as it was asked for: check "policies"',
  HCN_E_INVALID_POLICY: 'HNS does not accept a policy: check "policies"',
  HCN_E_INVALID_POLICY_TYPE: 'a policy has a type this HNS does not know',
  HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION: 'the endpoint stands for a pod of another node',
  HCN_E_NETWORK_ALREADY_EXISTS:
    'a network of this name exists already, which HNS has not shown: look with Get-HnsNetwork, and delete it if it is nobody’s',
  HCN_E_LAYER_ALREADY_EXISTS: 'a layer of the network exists already: see Get-HnsNetwork',
  HCN_E_POLICY_ALREADY_EXISTS: 'the policy is given twice',
  HCN_E_PORT_ALREADY_EXISTS: 'the host port is taken by another pod or program',
  HCN_E_ENDPOINT_ALREADY_ATTACHED: 'the endpoint is attached already',
  HCN_E_REQUEST_UNSUPPORTED: tooOld,
  HCN_E_MAPPING_NOT_SUPPORTED: 'this network has no port mappings: take the host ports out',
  HCN_E_DEGRADED_OPERATION: 'delete the endpoint and create it again',
  HCN_E_SHARED_SWITCH_MODIFICATION: 'the switch is shared with Hyper-V: see Get-VMSwitch',
  HCN_E_GUID_CONVERSION_FAILURE: bug,
  HCN_E_REGKEY_FAILURE: noRegistry,
  HCN_E_INVALID_JSON: bug,
  HCN_E_INVALID_JSON_REFERENCE: bug,
  HCN_E_ENDPOINT_SHARING_DISABLED: "the endpoint can't be shared between containers",
  HCN_E_INVALID_IP:
    'an address is invalid, or in no subnet of the network: compare "ipam" with Get-HnsNetwork',
  HCN_E_SWITCH_EXTENSION_NOT_FOUND:
    'the VFP extension of the switch is missing: see Get-VMSwitchExtension',
  HCN_E_MANAGER_STOPPED: 'the Host Network Service is stopping or starting: Get-Service hns',
  GCN_E_MODULE_NOT_FOUND: repairWindows,
  GCN_E_NO_REQUEST_HANDLERS: repairWindows,
  GCN_E_REQUEST_UNSUPPORTED: tooOld,
  GCN_E_RUNTIMEKEYS_FAILED: noRegistry,
  GCN_E_NETADAPTER_TIMEOUT: 'the adapter did not come up in time',
  GCN_E_NETADAPTER_NOT_FOUND: 'the network adapter is gone: see Get-NetAdapter',
  GCN_E_NETCOMPARTMENT_NOT_FOUND: 'the sandbox is gone',
  GCN_E_NETINTERFACE_NOT_FOUND: 'the network interface is gone: see Get-NetIPInterface',
  GCN_E_DEFAULTNAMESPACE_EXISTS: 'there is a default namespace already',
  HCN_E_ICS_DISABLED: 'Internet Connection Sharing is disabled: see Get-Service SharedAccess',
  HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS: 'the endpoint is in a namespace already',
  HCN_E_ENTITY_HAS_REFERENCES: 'it is still in use; detach it first',
  HCN_E_INVALID_INTERNAL_PORT: "a port mapping names a port of the pod that can't be",
  HCN_E_NAMESPACE_ATTACH_FAILED:
    'the namespace refused the endpoint: check that the sandbox is alive',
  HCN_E_ADDR_INVALID_OR_RESERVED: 'the address is taken or reserved',
  HCS_E_ACCESS_DENIED: 'run as SYSTEM or an administrator',
  HCS_E_INVALID_JSON: bug,
  HCS_E_INVALID_STATE: 'the container is just starting or stopping',
  HCS_E_SYSTEM_NOT_FOUND: 'the container is gone: hcsdiag list shows those there are',
  HCS_E_SYSTEM_ALREADY_STOPPED: 'the container has stopped',
  E_NOTIMPL: tooOld,
  RPC_E_SERVER_DIED: wentAway,
  RPC_E_SERVER_DIED_DNE: askService,
  RPC_E_DISCONNECTED: wentAway,
  CO_E_OBJNOTCONNECTED: wentAway,
  ERROR_ACCESS_DENIED: 'run as SYSTEM or an administrator',
  ERROR_SHARING_VIOLATION:
    'another program may listen on the host port: Get-NetTCPConnection, Get-NetUDPEndpoint',
  ERROR_DUP_NAME: 'another network or endpoint has the name: see Get-HnsNetwork, Get-HnsEndpoint',
  ERROR_ALREADY_EXISTS:
    'HNS still holds an object of before its restart: restart it once more, Restart-Service hns, or the node',
  ERROR_INVALID_PARAMETER: 'HNS does not accept a value it was given',
  ERROR_SERVICE_DISABLED: startService,
  ERROR_SERVICE_NOT_ACTIVE: startService,
  ERROR_NOT_FOUND: 'it does not exist (any more)',
  RPC_S_SERVER_UNAVAILABLE: askService,
  RPC_S_SERVER_TOO_BUSY: askService,
  RPC_S_CALL_FAILED: wentAway,
  RPC_S_CALL_FAILED_DNE: askService,
  EPT_S_NOT_REGISTERED: startService,
  ERROR_OBJECT_ALREADY_EXISTS: 'the address or the id is in use already',
} satisfies Record<keyof typeof codes, string>;

/** What is known of an HRESULT. */
export function knownCode(hresult: number): KnownCode | undefined {
  const found = entryOf(hresult);
  if (!found) return undefined;
  const [name, [, reason]] = found;
  return { name, reason, remedy: remedies[name] ?? '' };
}

/** Whether an HRESULT, unsigned, is one of a failure. */
export const isFailing = (hresult: number): boolean => hresult >= 0x80000000;

/** Whether a call that failed with this HRESULT can't have had an effect. */
export function surelyUndone(hresult: number): boolean {
  return entryOf(hresult)?.[1][2] === 'no effect';
}

function entryOf(hresult: number) {
  return Object.entries(codes).find(([, [code]]) => code === hresult);
}
