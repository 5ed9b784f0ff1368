import { isSystemError } from '../system/errors.ts';

/**
 * The codes of CNI errors. Up to 99 they are the specification's (SPEC.md, section 5); from 100 on
 * they are ours, each listed in docs/errors.md.
 */
export const code = {
  incompatibleVersion: 1,
  unsupportedField: 2,
  unknownContainer: 3,
  invalidEnvironment: 4,
  io: 5,
  decoding: 6,
  invalidConfig: 7,
  tryAgain: 11,
  unavailable: 50,
  differs: 100,
  hnsRefused: 101,
  hnsUnavailable: 102,
  hnsTimeout: 103,
  wrongNetwork: 104,
  noAddress: 110,
  addressTaken: 111,
  leaseMissing: 112,
  delegateMissing: 120,
  delegateFailed: 121,
  internal: 999,
} as const;

/** A failure as the runtime will read it: `msg` says what failed, `details` why and what to try. */
export class CniError extends Error {
  readonly code: number;
  readonly details: string;

  constructor(errorCode: number, msg: string, details = '', options?: ErrorOptions) {
    super(msg, options);
    this.name = 'CniError';
    this.code = errorCode;
    this.details = details;
  }
}

/**
 * A configuration that cannot be used: code 7.
 * @param path the key it is about, as an operator would write it: `policies[1].value`
 */
export function invalidConfig(
  path: string,
  problem: string,
  remedy = '',
  options?: ErrorOptions,
): CniError {
  const message = `invalid network configuration: ${path}: ${problem}`;
  return new CniError(code.invalidConfig, message, remedy, options);
}

/** What the errors of other folders say of themselves: their `kind` finds its code in `codeOfKind`. */
interface Failure extends Error {
  readonly kind: string;
  readonly details: string;
}

/** The one table from the folders' own kinds of failure to CNI codes. */
const codeOfKind: Readonly<Record<string, number>> = {
  'hns-refused': code.hnsRefused,
  'hns-busy': code.tryAgain,
  'hns-unavailable': code.hnsUnavailable,
  'hns-timeout': code.hnsTimeout,
  'policy-invalid': code.invalidConfig,
};

function isFailure(error: unknown): error is Failure {
  return (
    error instanceof Error &&
    'kind' in error &&
    typeof error.kind === 'string' &&
    'details' in error &&
    typeof error.details === 'string'
  );
}

/** Any thrown value as a CniError: a CniError as it is, a failure of another folder by its kind, the rest as internal. */
export function toCniError(error: unknown): CniError {
  if (error instanceof CniError) return error;
  if (isFailure(error)) {
    return new CniError(codeOfKind[error.kind] ?? code.internal, error.message, error.details, {
      cause: error,
    });
  }
  if (isSystemError(error)) {
    return new CniError(code.io, error.message, systemRemedy(error.code), { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  const details = error instanceof Error ? (error.stack ?? '') : '';
  return new CniError(code.internal, `unexpected failure: ${message}`, details, { cause: error });
}

/**
 * What ADD answers, code 11, when what it made or found was taken away meanwhile.
 * @param what it was, in words: `the lease of 10.244.1.5 was given back`
 * @param cause how it came to light, where HNS said so
 */
export function overtakenAdd(what: string, cause?: Error & { readonly details: string }): CniError {
  const said = cause ? ` (${cause.details})` : '';
  return new CniError(
    code.tryAgain,
    `${what} while the pod was added`,
    `a DEL of the same pod, or a GC that did not know it yet, ran at the same time${said}`,
    { cause },
  );
}

/**
 * A failure, some of whose effects could not be undone: its own code and words, and in the details what
 * stays. The runtime sends DEL after an ADD that failed: that does it.
 */
export function withLeftovers(failure: unknown, left: readonly string[]): unknown {
  if (left.length === 0) return failure;
  const { code, details, message } = toCniError(failure);
  const stays = `not undone: ${left.join(', ')}; DEL, which the runtime sends, does it`;
  return new CniError(code, message, details === '' ? stays : `${details}\n${stays}`, {
    cause: failure,
  });
}

function systemRemedy(systemCode: string): string {
  switch (systemCode) {
    case 'EACCES':
    case 'EPERM':
      return `${systemCode}: run as an administrator (SYSTEM), and check who may write there`;
    case 'ENOSPC':
      return `${systemCode}: free some room on that disk`;
    default:
      return systemCode;
  }
}
