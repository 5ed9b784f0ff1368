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

const gone = 'it is gone; delete and add the pod again';
const bug = 'a bug of wincni, please report it with the log';
const startService = 'start the Host Network Service: Start-Service hns';
const askService =
  'the Host Network Service does not answer: Get-Service hns, then Restart-Service hns';

/**
 * HNS's own codes and the Win32 and RPC ones it passes on, as HRESULTs: names and numbers after
 * winerror.h (golang.org/x/sys/windows has the same), meanings after the HNS facts, "Codes".
 */
const codes: Readonly<Record<number, readonly [string, HnsReason, string]>> = {
  2151350273: [
    'HCN_E_NETWORK_NOT_FOUND',
    'not-found',
    'create the network first, or check the name in the configuration',
  ],
  2151350274: [
    'HCN_E_ENDPOINT_NOT_FOUND',
    'not-found',
    'the endpoint is gone; delete and add the pod again',
  ],
  2151350275: ['HCN_E_LAYER_NOT_FOUND', 'part-missing', gone],
  2151350276: [
    'HCN_E_SWITCH_NOT_FOUND',
    'part-missing',
    'the network has lost its switch: delete the network and create it again',
  ],
  2151350277: [
    'HCN_E_SUBNET_NOT_FOUND',
    'part-missing',
    'the address must lie in a subnet of the network: compare ipam.subnet with the network',
  ],
  2151350278: [
    'HCN_E_ADAPTER_NOT_FOUND',
    'part-missing',
    'the network adapter is gone or was renamed: check "master" and Get-NetAdapter',
  ],
  2151350279: [
    'HCN_E_PORT_NOT_FOUND',
    'part-missing',
    'the switch port is gone; delete and add the pod again',
  ],
  2151350280: [
    'HCN_E_POLICY_NOT_FOUND',
    'part-missing',
    'the policy is gone; delete and add the pod again',
  ],
  2151350281: ['HCN_E_VFP_PORTSETTING_NOT_FOUND', 'part-missing', gone],
  2151350282: [
    'HCN_E_INVALID_NETWORK',
    'invalid',
    'HNS does not accept this network as it was asked for',
  ],
  2151350283: [
    'HCN_E_INVALID_NETWORK_TYPE',
    'invalid',
    'the network is of a type that does not allow this',
  ],
  2151350284: [
    'HCN_E_INVALID_ENDPOINT',
    'invalid',
    'HNS does not accept the endpoint as it was asked for: check "policies"',
  ],
  2151350285: ['HCN_E_INVALID_POLICY', 'invalid', 'HNS does not accept a policy: check "policies"'],
  2151350286: [
    'HCN_E_INVALID_POLICY_TYPE',
    'invalid',
    'a policy has a type this HNS does not know',
  ],
  2151350287: [
    'HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION',
    'invalid',
    'the endpoint stands for a pod of another node',
  ],
  2151350288: ['HCN_E_NETWORK_ALREADY_EXISTS', 'exists', 'a network of this id exists already'],
  2151350289: [
    'HCN_E_LAYER_ALREADY_EXISTS',
    'exists',
    'a layer of the network exists already: see Get-HnsNetwork',
  ],
  2151350290: ['HCN_E_POLICY_ALREADY_EXISTS', 'exists', 'the policy is given twice'],
  2151350291: [
    'HCN_E_PORT_ALREADY_EXISTS',
    'exists',
    'the host port is taken by another pod or program',
  ],
  2151350292: ['HCN_E_ENDPOINT_ALREADY_ATTACHED', 'attached', 'the endpoint is attached already'],
  2151350293: ['HCN_E_REQUEST_UNSUPPORTED', 'unsupported', 'this Windows version cannot do it'],
  2151350294: [
    'HCN_E_MAPPING_NOT_SUPPORTED',
    'unsupported',
    'this network has no port mappings: take the host ports out',
  ],
  2151350295: ['HCN_E_DEGRADED_OPERATION', 'degraded', 'delete the endpoint and create it again'],
  2151350296: [
    'HCN_E_SHARED_SWITCH_MODIFICATION',
    'invalid',
    'the switch is shared with Hyper-V: see Get-VMSwitch',
  ],
  2151350297: ['HCN_E_GUID_CONVERSION_FAILURE', 'invalid', bug],
  2151350298: ['HCN_E_REGKEY_FAILURE', 'other', 'HNS could not use its part of the registry'],
  2151350299: ['HCN_E_INVALID_JSON', 'invalid', bug],
  2151350300: ['HCN_E_INVALID_JSON_REFERENCE', 'invalid', bug],
  2151350301: [
    'HCN_E_ENDPOINT_SHARING_DISABLED',
    'unsupported',
    "the endpoint can't be shared between containers",
  ],
  2151350302: ['HCN_E_INVALID_IP', 'invalid', 'an address is malformed'],
  2151350303: [
    'HCN_E_SWITCH_EXTENSION_NOT_FOUND',
    'part-missing',
    'the VFP extension of the switch is missing: see Get-VMSwitchExtension',
  ],
  2151350304: [
    'HCN_E_MANAGER_STOPPED',
    'busy',
    'the Host Network Service is stopping or starting: Get-Service hns',
  ],
  2151350305: [
    'GCN_E_MODULE_NOT_FOUND',
    'other',
    'a part of HNS is missing: repair Windows with sfc /scannow',
  ],
  2151350306: [
    'GCN_E_NO_REQUEST_HANDLERS',
    'other',
    'a part of HNS is missing: repair Windows with sfc /scannow',
  ],
  2151350307: ['GCN_E_REQUEST_UNSUPPORTED', 'unsupported', 'this Windows version cannot do it'],
  2151350308: ['GCN_E_RUNTIMEKEYS_FAILED', 'other', 'HNS could not use its part of the registry'],
  2151350309: ['GCN_E_NETADAPTER_TIMEOUT', 'busy', 'the adapter did not come up in time'],
  2151350310: [
    'GCN_E_NETADAPTER_NOT_FOUND',
    'part-missing',
    'the network adapter is gone: see Get-NetAdapter',
  ],
  2151350311: ['GCN_E_NETCOMPARTMENT_NOT_FOUND', 'part-missing', 'the sandbox is gone'],
  2151350312: [
    'GCN_E_NETINTERFACE_NOT_FOUND',
    'part-missing',
    'the network interface is gone: see Get-NetIPInterface',
  ],
  2151350313: ['GCN_E_DEFAULTNAMESPACE_EXISTS', 'exists', 'there is a default namespace already'],
  2151350314: [
    'HCN_E_ICS_DISABLED',
    'unsupported',
    'Internet Connection Sharing is disabled: see Get-Service SharedAccess',
  ],
  2151350315: [
    'HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS',
    'attached',
    'the endpoint is in a namespace already',
  ],
  2151350316: ['HCN_E_ENTITY_HAS_REFERENCES', 'attached', 'it is still in use; detach it first'],
  2151350317: [
    'HCN_E_INVALID_INTERNAL_PORT',
    'invalid',
    "a port mapping names a port of the pod that can't be",
  ],
  2151350318: [
    'HCN_E_NAMESPACE_ATTACH_FAILED',
    'other',
    'the namespace refused the endpoint: check that the sandbox is alive',
  ],
  2151350319: [
    'HCN_E_ADDR_INVALID_OR_RESERVED',
    'address-taken',
    'the address is taken or reserved',
  ],
  2147500033: ['E_NOTIMPL', 'unsupported', 'this Windows version cannot do it'],
  2147942405: ['ERROR_ACCESS_DENIED', 'denied', 'run as SYSTEM or an administrator'],
  2147942487: ['ERROR_INVALID_PARAMETER', 'invalid', 'HNS does not accept a value it was given'],
  2147943458: ['ERROR_SERVICE_DISABLED', 'busy', startService],
  2147943462: ['ERROR_SERVICE_NOT_ACTIVE', 'busy', startService],
  2147943568: ['ERROR_NOT_FOUND', 'not-found', 'it does not exist (any more)'],
  2147944122: ['RPC_S_SERVER_UNAVAILABLE', 'busy', askService],
  2147944123: ['RPC_S_SERVER_TOO_BUSY', 'busy', askService],
  2147944126: [
    'RPC_S_CALL_FAILED',
    'busy',
    'the Host Network Service went away during the call: Get-Service hns',
  ],
  2147944127: ['RPC_S_CALL_FAILED_DNE', 'busy', askService],
  2147947410: [
    'ERROR_OBJECT_ALREADY_EXISTS',
    'address-taken',
    'the address or the id is in use already',
  ],
};

/** What is known of an HRESULT. */
export function knownCode(hresult: number): KnownCode | undefined {
  const found = codes[hresult];
  return found && { name: found[0], reason: found[1], remedy: found[2] };
}

/** HNS was not there to do anything: that it did nothing is inferred from the codes' meaning. */
const undone: readonly number[] = [
  0x803b0020, 0x80070422, 0x80070426, 0x800706ba, 0x800706bb, 0x800706bf,
];

/** Whether a call that failed with this HRESULT can't have had an effect. */
export function surelyUndone(hresult: number): boolean {
  return undone.includes(hresult);
}
