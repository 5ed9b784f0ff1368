import { type HnsReason, knownCode } from './hresults.ts';

/** Which CNI code it becomes; the table is in cni/error.ts. */
export type HnsErrorKind = 'hns-refused' | 'hns-busy' | 'hns-unavailable' | 'hns-timeout';

/** A failure of HNS or of the way to it. */
export class HnsError extends Error {
  readonly kind: HnsErrorKind;
  readonly reason: HnsReason;
  readonly details: string;
  /** HRESULT, when HNS gave one. */
  readonly code: number | undefined;
  /** The native function that refused, where one did. */
  readonly nativeCall: string | undefined;

  constructor(
    message: string,
    facts: {
      readonly kind: HnsErrorKind;
      readonly reason: HnsReason;
      readonly details: string;
      readonly code?: number;
      readonly nativeCall?: string | undefined;
    },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'HnsError';
    this.kind = facts.kind;
    this.reason = facts.reason;
    this.details = facts.details;
    this.code = facts.code;
    this.nativeCall = facts.nativeCall;
  }
}

/**
 * A code as winerror.h has it: Win32 codes come bare in V1's answers (1168) and wrapped in V2's, and
 * vmcompute.dll has HCS's with another first digit (0xC037010E for 0x8037010E).
 */
export function hresultOf(code: number): number {
  const unsigned = code >>> 0;
  if (unsigned <= 0xffff) return (0x80070000 | unsigned) >>> 0;
  return unsigned >>> 16 === 0xc037 ? (unsigned & 0xbfffffff) >>> 0 : unsigned;
}

/** E_FAIL: HNS said no more. */
export const unknownCode = 0x80004005;

/** An HRESULT as operators search for it: `0x803B0002`. */
export function hex(code: number): string {
  return `0x${(code >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
}

/**
 * What HNS answered when it refused. `said` is the message of its error document.
 * @param operation what was asked, in words: `create endpoint 1f0c…`
 * @param nativeCall the function that refused, where it is known
 */
export function refusal(
  operation: string,
  code: number,
  said: string,
  nativeCall?: string,
): HnsError {
  const hresult = hresultOf(code);
  const known = knownCode(hresult);
  const reason = reasonOf(known?.reason ?? 'other', nativeCall);
  const name = known?.name ?? 'a code without a known name';
  const from = nativeCall === undefined ? '' : ` from ${nativeCall}`;
  const text = said.trim() === '' ? '' : `: ${said.trim()}`;
  return new HnsError(`HNS refused to ${operation}${text}`, {
    kind: reason === 'busy' ? 'hns-busy' : reason === 'denied' ? 'hns-unavailable' : 'hns-refused',
    reason,
    details: `${hex(hresult)} ${name}${from}; ${known?.remedy ?? 'see the Windows event log, source Host-Network-Service'}`,
    code: hresult,
    nativeCall,
  });
}

/**
 * Looking at an object can't fail because it is there, or its address taken: that would be said of the
 * creation before, which has succeeded.
 */
function reasonOf(reason: HnsReason, nativeCall = ''): HnsReason {
  const isLook = /^Hcn(?:Open|Query|Enumerate)/.test(nativeCall);
  return isLook && (reason === 'exists' || reason === 'address-taken') ? 'other' : reason;
}

/** Whether an error is HNS's and, where reasons are named, for one of them. */
export function isHnsError(error: unknown, ...reasons: readonly HnsReason[]): error is HnsError {
  return error instanceof HnsError && (reasons.length === 0 || reasons.includes(error.reason));
}

/** HCN_E_ENDPOINT_NOT_FOUND: other things that are not found have other codes. */
const endpointNotFound = 0x803b0002;

/** Whether HNS says that there is no such endpoint. */
export function isEndpointMissing(error: unknown): error is HnsError {
  return error instanceof HnsError && error.code === endpointNotFound;
}
