/** What a refusal of HNS means to a caller that can do something about it. */
export type HnsReason =
  /** The object that was asked about is not there. */
  | 'not-found'
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

type Row = readonly [
  hresult: number,
  name: string,
  reason: HnsReason,
  remedy: string,
  /** HNS was not there to do anything: a call that failed so surely had no effect. */
  effect?: 'no effect',
];

const gone = (what: string) => `${what} is gone; delete and add the pod again`;
const bug = 'a bug of wincni, please report it with the log';
const tooOld = 'this Windows version cannot do it';
const noRegistry = 'HNS could not use its part of the registry';
const repairWindows = 'a part of HNS is missing: repair Windows with sfc /scannow';
const startService = 'start the Host Network Service: Start-Service hns';
const askService =
  'the Host Network Service does not answer: Get-Service hns, then Restart-Service hns';

/**
 * HNS's own codes (0x803B….) and the Win32 and RPC ones it passes on (0x8007….). Where names,
 * meanings and effects come from: HNS.md, "Codes".
 */
// biome-ignore format: a table reads best with a code on a line or two
const rows: readonly Row[] = [
  [0x803b0001, 'HCN_E_NETWORK_NOT_FOUND', 'not-found',
    'create the network first, or check the name in the configuration'],
  [0x803b0002, 'HCN_E_ENDPOINT_NOT_FOUND', 'not-found', gone('the endpoint')],
  [0x803b0003, 'HCN_E_LAYER_NOT_FOUND', 'part-missing', gone('it')],
  [0x803b0004, 'HCN_E_SWITCH_NOT_FOUND', 'part-missing',
    'the network has lost its switch: delete the network and create it again'],
  [0x803b0005, 'HCN_E_SUBNET_NOT_FOUND', 'part-missing',
    'the address must lie in a subnet of the network: compare ipam.subnet with the network'],
  [0x803b0006, 'HCN_E_ADAPTER_NOT_FOUND', 'part-missing',
    'the network adapter is gone or was renamed: check "master" and Get-NetAdapter'],
  [0x803b0007, 'HCN_E_PORT_NOT_FOUND', 'part-missing', gone('the switch port')],
  [0x803b0008, 'HCN_E_POLICY_NOT_FOUND', 'part-missing', gone('the policy')],
  [0x803b0009, 'HCN_E_VFP_PORTSETTING_NOT_FOUND', 'part-missing', gone('it')],
  [0x803b000a, 'HCN_E_INVALID_NETWORK', 'invalid',
    'HNS does not accept this network as it was asked for'],
  [0x803b000b, 'HCN_E_INVALID_NETWORK_TYPE', 'invalid',
    'the network is of a type that does not allow this'],
  [0x803b000c, 'HCN_E_INVALID_ENDPOINT', 'invalid',
    'HNS does not accept the endpoint as it was asked for: check "policies"'],
  [0x803b000d, 'HCN_E_INVALID_POLICY', 'invalid', 'HNS does not accept a policy: check "policies"'],
  [0x803b000e, 'HCN_E_INVALID_POLICY_TYPE', 'invalid', 'a policy has a type this HNS does not know'],
  [0x803b000f, 'HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION', 'invalid',
    'the endpoint stands for a pod of another node'],
  [0x803b0010, 'HCN_E_NETWORK_ALREADY_EXISTS', 'exists', 'a network of this id exists already'],
  [0x803b0011, 'HCN_E_LAYER_ALREADY_EXISTS', 'exists',
    'a layer of the network exists already: see Get-HnsNetwork'],
  [0x803b0012, 'HCN_E_POLICY_ALREADY_EXISTS', 'exists', 'the policy is given twice'],
  [0x803b0013, 'HCN_E_PORT_ALREADY_EXISTS', 'exists',
    'the host port is taken by another pod or program'],
  [0x803b0014, 'HCN_E_ENDPOINT_ALREADY_ATTACHED', 'attached', 'the endpoint is attached already'],
  [0x803b0015, 'HCN_E_REQUEST_UNSUPPORTED', 'unsupported', tooOld],
  [0x803b0016, 'HCN_E_MAPPING_NOT_SUPPORTED', 'unsupported',
    'this network has no port mappings: take the host ports out'],
  [0x803b0017, 'HCN_E_DEGRADED_OPERATION', 'degraded', 'delete the endpoint and create it again'],
  [0x803b0018, 'HCN_E_SHARED_SWITCH_MODIFICATION', 'invalid',
    'the switch is shared with Hyper-V: see Get-VMSwitch'],
  [0x803b0019, 'HCN_E_GUID_CONVERSION_FAILURE', 'invalid', bug],
  [0x803b001a, 'HCN_E_REGKEY_FAILURE', 'other', noRegistry],
  [0x803b001b, 'HCN_E_INVALID_JSON', 'invalid', bug],
  [0x803b001c, 'HCN_E_INVALID_JSON_REFERENCE', 'invalid', bug],
  [0x803b001d, 'HCN_E_ENDPOINT_SHARING_DISABLED', 'unsupported',
    "the endpoint can't be shared between containers"],
  [0x803b001e, 'HCN_E_INVALID_IP', 'invalid', 'an address is malformed'],
  [0x803b001f, 'HCN_E_SWITCH_EXTENSION_NOT_FOUND', 'part-missing',
    'the VFP extension of the switch is missing: see Get-VMSwitchExtension'],
  [0x803b0020, 'HCN_E_MANAGER_STOPPED', 'busy',
    'the Host Network Service is stopping or starting: Get-Service hns', 'no effect'],
  [0x803b0021, 'GCN_E_MODULE_NOT_FOUND', 'other', repairWindows],
  [0x803b0022, 'GCN_E_NO_REQUEST_HANDLERS', 'other', repairWindows],
  [0x803b0023, 'GCN_E_REQUEST_UNSUPPORTED', 'unsupported', tooOld],
  [0x803b0024, 'GCN_E_RUNTIMEKEYS_FAILED', 'other', noRegistry],
  [0x803b0025, 'GCN_E_NETADAPTER_TIMEOUT', 'busy', 'the adapter did not come up in time'],
  [0x803b0026, 'GCN_E_NETADAPTER_NOT_FOUND', 'part-missing',
    'the network adapter is gone: see Get-NetAdapter'],
  [0x803b0027, 'GCN_E_NETCOMPARTMENT_NOT_FOUND', 'part-missing', 'the sandbox is gone'],
  [0x803b0028, 'GCN_E_NETINTERFACE_NOT_FOUND', 'part-missing',
    'the network interface is gone: see Get-NetIPInterface'],
  [0x803b0029, 'GCN_E_DEFAULTNAMESPACE_EXISTS', 'exists', 'there is a default namespace already'],
  [0x803b002a, 'HCN_E_ICS_DISABLED', 'unsupported',
    'Internet Connection Sharing is disabled: see Get-Service SharedAccess'],
  [0x803b002b, 'HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS', 'attached',
    'the endpoint is in a namespace already'],
  [0x803b002c, 'HCN_E_ENTITY_HAS_REFERENCES', 'attached', 'it is still in use; detach it first'],
  [0x803b002d, 'HCN_E_INVALID_INTERNAL_PORT', 'invalid',
    "a port mapping names a port of the pod that can't be"],
  [0x803b002e, 'HCN_E_NAMESPACE_ATTACH_FAILED', 'other',
    'the namespace refused the endpoint: check that the sandbox is alive'],
  [0x803b002f, 'HCN_E_ADDR_INVALID_OR_RESERVED', 'address-taken', 'the address is taken or reserved'],
  [0x80004001, 'E_NOTIMPL', 'unsupported', tooOld],
  [0x80070005, 'ERROR_ACCESS_DENIED', 'denied', 'run as SYSTEM or an administrator'],
  [0x80070057, 'ERROR_INVALID_PARAMETER', 'invalid', 'HNS does not accept a value it was given'],
  [0x80070422, 'ERROR_SERVICE_DISABLED', 'busy', startService, 'no effect'],
  [0x80070426, 'ERROR_SERVICE_NOT_ACTIVE', 'busy', startService, 'no effect'],
  [0x80070490, 'ERROR_NOT_FOUND', 'not-found', 'it does not exist (any more)'],
  [0x800706ba, 'RPC_S_SERVER_UNAVAILABLE', 'busy', askService, 'no effect'],
  [0x800706bb, 'RPC_S_SERVER_TOO_BUSY', 'busy', askService, 'no effect'],
  [0x800706be, 'RPC_S_CALL_FAILED', 'busy',
    'the Host Network Service went away during the call: Get-Service hns'],
  [0x800706bf, 'RPC_S_CALL_FAILED_DNE', 'busy', askService, 'no effect'],
  [0x80071392, 'ERROR_OBJECT_ALREADY_EXISTS', 'address-taken',
    'the address or the id is in use already'],
];

/** What is known of an HRESULT. */
export function knownCode(hresult: number): KnownCode | undefined {
  const row = rowOf(hresult);
  return row && { name: row[1], reason: row[2], remedy: row[3] };
}

/** Whether a call that failed with this HRESULT can't have had an effect. */
export function surelyUndone(hresult: number): boolean {
  return rowOf(hresult)?.[4] === 'no effect';
}

function rowOf(hresult: number): Row | undefined {
  return rows.find(([code]) => code === hresult);
}
