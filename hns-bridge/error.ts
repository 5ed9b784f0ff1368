/** What a refusal of HNS means to a caller that can do something about it. */
export type HnsReason =
  | 'not-found'
  | 'exists'
  | 'address-taken'
  | 'attached'
  | 'degraded'
  | 'busy'
  | 'denied'
  | 'invalid'
  | 'unsupported'
  | 'other';

/** Which CNI code it becomes; the table is in plugins/cni/error.ts. */
export type HnsErrorKind = 'hns-refused' | 'hns-busy' | 'hns-unavailable' | 'hns-timeout';

interface Row {
  readonly name: string;
  readonly reason: HnsReason;
  readonly remedy: string;
}

const row = (name: string, reason: HnsReason, remedy: string): Row => ({ name, reason, remedy });

/** HNS's own codes and the Win32 and RPC ones it passes on (HNS facts, "Codes"). */
const rows: ReadonlyMap<number, Row> = new Map([
  [
    0x803b0001,
    row(
      'HCN_E_NETWORK_NOT_FOUND',
      'not-found',
      'create the network first, or check the name in the configuration',
    ),
  ],
  [
    0x803b0002,
    row(
      'HCN_E_ENDPOINT_NOT_FOUND',
      'not-found',
      'the endpoint is gone; delete and add the pod again',
    ),
  ],
  [
    0x803b0005,
    row(
      'HCN_E_SUBNET_NOT_FOUND',
      'not-found',
      'the address must lie in a subnet of the network: compare ipam.subnet with the network',
    ),
  ],
  [
    0x803b0006,
    row(
      'HCN_E_ADAPTER_NOT_FOUND',
      'not-found',
      'the network adapter is gone or was renamed: check "master" and Get-NetAdapter',
    ),
  ],
  [
    0x803b0007,
    row(
      'HCN_E_PORT_NOT_FOUND',
      'not-found',
      'the switch port is gone; delete and add the pod again',
    ),
  ],
  [
    0x803b0008,
    row('HCN_E_POLICY_NOT_FOUND', 'not-found', 'the policy is gone; delete and add the pod again'),
  ],
  [
    0x803b000a,
    row('HCN_E_INVALID_NETWORK', 'invalid', 'HNS does not accept this network as it was asked for'),
  ],
  [
    0x803b000b,
    row(
      'HCN_E_INVALID_NETWORK_TYPE',
      'invalid',
      'the network is of a type that does not allow this',
    ),
  ],
  [
    0x803b000c,
    row(
      'HCN_E_INVALID_ENDPOINT',
      'invalid',
      'HNS does not accept the endpoint as it was asked for: check "policies"',
    ),
  ],
  [
    0x803b000d,
    row('HCN_E_INVALID_POLICY', 'invalid', 'HNS does not accept a policy: check "policies"'),
  ],
  [
    0x803b000e,
    row('HCN_E_INVALID_POLICY_TYPE', 'invalid', 'a policy has a type this HNS does not know'),
  ],
  [
    0x803b0010,
    row('HCN_E_NETWORK_ALREADY_EXISTS', 'exists', 'a network of this id exists already'),
  ],
  [0x803b0012, row('HCN_E_POLICY_ALREADY_EXISTS', 'exists', 'the policy is given twice')],
  [
    0x803b0013,
    row('HCN_E_PORT_ALREADY_EXISTS', 'exists', 'the host port is taken by another pod or program'),
  ],
  [
    0x803b0014,
    row('HCN_E_ENDPOINT_ALREADY_ATTACHED', 'attached', 'the endpoint is attached already'),
  ],
  [
    0x803b0015,
    row('HCN_E_REQUEST_UNSUPPORTED', 'unsupported', 'this Windows version cannot do it'),
  ],
  [
    0x803b0017,
    row('HCN_E_DEGRADED_OPERATION', 'degraded', 'delete the endpoint and create it again'),
  ],
  [
    0x803b001b,
    row('HCN_E_INVALID_JSON', 'invalid', 'a bug of wincni, please report it with the log'),
  ],
  [0x803b001e, row('HCN_E_INVALID_IP', 'invalid', 'an address is malformed')],
  [
    0x803b0020,
    row(
      'HCN_E_MANAGER_STOPPED',
      'busy',
      'the Host Network Service is stopping or starting: Get-Service hns',
    ),
  ],
  [0x803b0025, row('HCN_E_ADAPTER_TIMEOUT', 'busy', 'the adapter did not come up in time')],
  [0x803b0027, row('HCN_E_COMPARTMENT_NOT_FOUND', 'not-found', 'the sandbox is gone')],
  [
    0x803b002b,
    row(
      'HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS',
      'attached',
      'the endpoint is in a namespace already',
    ),
  ],
  [
    0x803b002c,
    row('HCN_E_ENTITY_HAS_REFERENCES', 'attached', 'it is still in use; detach it first'),
  ],
  [
    0x803b002e,
    row(
      'HCN_E_NAMESPACE_ATTACH_FAILED',
      'other',
      'the namespace refused the endpoint: check that the sandbox is alive',
    ),
  ],
  [
    0x803b002f,
    row('HCN_E_ADDR_INVALID_OR_RESERVED', 'address-taken', 'the address is taken or reserved'),
  ],
  [0x80070490, row('ERROR_NOT_FOUND', 'not-found', 'it does not exist (any more)')],
  [
    0x80071392,
    row('ERROR_OBJECT_ALREADY_EXISTS', 'address-taken', 'the address or the id is in use already'),
  ],
  [
    0x80070057,
    row('ERROR_INVALID_PARAMETER', 'invalid', 'HNS does not accept a value it was given'),
  ],
  [0x80070005, row('ERROR_ACCESS_DENIED', 'denied', 'run as SYSTEM or an administrator')],
  [
    0x800706ba,
    row(
      'RPC_S_SERVER_UNAVAILABLE',
      'busy',
      'the Host Network Service does not answer: Get-Service hns, then Restart-Service hns',
    ),
  ],
  [
    0x800706be,
    row(
      'RPC_S_CALL_FAILED',
      'busy',
      'the Host Network Service went away during the call: Get-Service hns',
    ),
  ],
  [
    0x80070422,
    row('ERROR_SERVICE_DISABLED', 'busy', 'start the Host Network Service: Start-Service hns'),
  ],
  [
    0x80070426,
    row('ERROR_SERVICE_NOT_ACTIVE', 'busy', 'start the Host Network Service: Start-Service hns'),
  ],
]);

/** A failure of HNS or of the way to it. */
export class HnsError extends Error {
  readonly kind: HnsErrorKind;
  readonly reason: HnsReason;
  readonly details: string;
  /** HRESULT, when HNS gave one. */
  readonly code: number | undefined;

  constructor(
    message: string,
    facts: {
      readonly kind: HnsErrorKind;
      readonly reason: HnsReason;
      readonly details: string;
      readonly code?: number;
    },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'HnsError';
    this.kind = facts.kind;
    this.reason = facts.reason;
    this.details = facts.details;
    this.code = facts.code;
  }
}

/** Win32 codes come bare in V1 answers (1168) and wrapped as HRESULTs in V2's: one form for both. */
export function hresultOf(code: number): number {
  return code >= 0 && code <= 0xffff ? (0x80070000 | code) >>> 0 : code >>> 0;
}

/** An HRESULT as operators search for it: `0x803B0002`. */
export function hex(code: number): string {
  return `0x${(code >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
}

/**
 * What HNS answered when it refused. `said` is the message of its error document.
 * @param doing what was asked, in words: `create endpoint 1f0c…`
 */
export function refusal(doing: string, code: number, said: string): HnsError {
  const hresult = hresultOf(code);
  const known = rows.get(hresult);
  const reason = known?.reason ?? 'other';
  const name = known?.name ?? 'a code without a known name';
  const text = said.trim() === '' ? '' : `: ${said.trim()}`;
  return new HnsError(`HNS refused to ${doing}${text}`, {
    kind: reason === 'busy' ? 'hns-busy' : reason === 'denied' ? 'hns-unavailable' : 'hns-refused',
    reason,
    details: `${hex(hresult)} ${name}; ${known?.remedy ?? 'see the Windows event log, source Host-Network-Service'}`,
    code: hresult,
  });
}

/** Whether an error is HNS's, and for that reason. */
export function isHnsError(error: unknown, ...reasons: readonly HnsReason[]): error is HnsError {
  return error instanceof HnsError && (reasons.length === 0 || reasons.includes(error.reason));
}
