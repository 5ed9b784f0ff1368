import { inSeconds } from '../../system/deadline.ts';
import { defined } from '../../system/defined.ts';
import { HnsError, type HnsErrorKind, hex, refusal } from '../error.ts';
import type { HnsReason } from '../hresults.ts';
import {
  badLibrary,
  libraryRefusal,
  missingFunction,
  missingHns,
  missingLibrary,
  missingPart,
} from '../library-failures.ts';
import { type Evidence, withEvidence } from './evidence.ts';
import type { Refusal } from './protocol.ts';

const useWindowsPowerShell =
  'repair Windows PowerShell 5.1, which every Windows Server has in System32\\WindowsPowerShell\\v1.0';
const lookForInterference =
  'look for a program that interferes with PowerShell (endpoint protection, a hook, a wrapper)';

/** REGDB_E_CLASSNOTREG, CO_E_CLASSSTRING, ERROR_SERVICE_DOES_NOT_EXIST: HNS is not installed. */
const classMissing: ReadonlySet<number> = new Set([0x80040154, 0x800401f3, 0x80070424]);
/** CO_E_SERVER_EXEC_FAILURE: the class is there, its service did not start. */
const serverFailed = 0x80080005;

const failed = (
  message: string,
  kind: HnsErrorKind,
  reason: HnsReason,
  details: string,
  code?: number,
): HnsError => new HnsError(message, defined({ kind, reason, details, code }));

/**
 * The session's `err` answer as an error: HNS's refusals by their HRESULT, the rest by what is
 * missing on the node.
 * @param operation what was asked, in words: `create endpoint 1f0c…`
 */
export function answerFailure(operation: string, answer: Refusal): HnsError {
  const code = hresultIn(answer.hresult);
  switch (answer.code) {
    case 'hresult':
      return libraryRefusal(operation, answer.message, { hresult: code, record: answer.detail });
    case 'com':
      if (code === serverFailed) {
        return failed(
          `HNS did not start, asked to ${operation}: ${answer.message}`,
          'hns-busy',
          'busy',
          `${hex(code)} CO_E_SERVER_EXEC_FAILURE; start the Host Network Service: Start-Service hns`,
          code,
        );
      }
      return code === undefined || classMissing.has(code)
        ? missingHns(`HNS's COM class is missing: ${answer.message}`, code)
        : refusal(operation, code, answer.message);
    case 'no-hns':
      return missingHns(`no way to HNS from PowerShell: ${answer.message}`, code);
    case 'no-dll':
      return missingLibrary(answer.message, code);
    case 'no-entry':
      return missingFunction(answer.message, code);
    case 'bad-image':
      return badLibrary(answer.message, code);
    case 'language-mode':
      return languageMode(answer.message);
    case 'bad-request':
    case 'unknown-verb':
      return failed(
        `the PowerShell session does not understand the request to ${operation}: ${answer.code} ${answer.message}`,
        'hns-refused',
        'invalid',
        'a bug of wincni, please report it with the log',
      );
    default:
      return unexpected(operation, answer, code);
  }
}

/** Another exception of PowerShell or .NET: by its HRESULT, when that is known. */
function unexpected(operation: string, answer: Refusal, code: number | undefined): HnsError {
  if (code !== undefined) {
    const known = refusal(operation, code, answer.message);
    if (known.reason !== 'other') return known;
  }
  return failed(
    `PowerShell failed to ${operation}: ${answer.message}`,
    'hns-refused',
    'other',
    `${code === undefined ? answer.code : hex(code)}; see the Windows event log, source Host-Network-Service`,
    code,
  );
}

function languageMode(mode: string): HnsError {
  return failed(
    `PowerShell runs in ${mode === '' ? 'a restricted' : mode} mode, in which HNS can't be reached`,
    'hns-unavailable',
    'denied',
    'an application control policy (WDAC, AppLocker, __PSLockdownPolicy) restricts PowerShell: allow wincni by that policy, or lift it for SYSTEM',
  );
}

/** The operating system did not start PowerShell. @param systemCode as `ENOENT` */
export function startFailure(systemCode: string, evidence: Evidence): HnsError {
  const { executable } = evidence;
  switch (systemCode) {
    case 'ENOENT':
      return missingPart(`PowerShell is not at ${executable}`, useWindowsPowerShell, undefined);
    case 'EACCES':
    case 'EPERM':
      return failed(
        `PowerShell may not be started: ${executable}`,
        'hns-unavailable',
        'denied',
        `${systemCode}; run as SYSTEM or an administrator, and see whether a policy (AppLocker, WDAC) forbids it`,
      );
    default:
      return missingPart(
        `PowerShell can't be started: ${executable}`,
        `${systemCode}; ${useWindowsPowerShell}`,
        undefined,
      );
  }
}

/** PowerShell ended by itself. `ready`: whether it had said that it is ready. */
export function exitFailure(
  operation: string,
  exit: { readonly code: number | null; readonly signal: string | null; readonly ready: boolean },
  evidence: Evidence,
): HnsError {
  const how =
    exit.code === null
      ? `was killed (${exit.signal ?? 'unknown'})`
      : `ended (exit code ${exit.code})`;
  if (!exit.ready && exit.code === 3) return languageMode('');
  // What cmd, and Wine, answer in place of "no such file".
  if (!exit.ready && exit.code === 9009) return startFailure('ENOENT', evidence);
  return failed(
    exit.ready
      ? `PowerShell ${how} before it answered the request to ${operation}`
      : `PowerShell ${how} before it was ready`,
    'hns-unavailable',
    'other',
    withEvidence(
      exit.ready
        ? `it may have been done all the same; ${lookForInterference}`
        : lookForInterference,
      evidence,
    ),
  );
}

/** Nothing came in time. @param ms how long was waited */
export function timeoutFailure(
  operation: string,
  stage: 'start' | 'call' | 'session',
  ms: number,
  evidence: Evidence,
): HnsError {
  const seconds = inSeconds(ms);
  const [message, remedy] = {
    start: [
      `PowerShell was not ready within ${seconds}`,
      'the node is overloaded, or endpoint protection holds PowerShell up',
    ],
    call: [
      `HNS did not answer within ${seconds}: ${operation}`,
      'it may have been done all the same; the Host Network Service hangs: Get-Service hns, then Restart-Service hns',
    ],
    session: [
      `HNS took more than ${seconds} for one command: ${operation}`,
      'the Host Network Service is too slow: Get-Service hns, then Restart-Service hns',
    ],
  }[stage];
  return failed(message ?? '', 'hns-timeout', 'other', withEvidence(remedy ?? '', evidence));
}

/** Something on stdout that is not of the protocol, or an answer that no request waits for. */
export function garbageFailure(operation: string, evidence: Evidence): HnsError {
  return failed(
    `PowerShell answered something else than was asked: ${operation}`,
    'hns-unavailable',
    'other',
    withEvidence(lookForInterference, evidence),
  );
}

/** A 32-bit PowerShell on 64-bit Windows: its libraries are not those of HNS. */
export function bitsFailure(evidence: Evidence): HnsError {
  return missingPart(
    `${evidence.executable} is a 32-bit PowerShell, which can't reach HNS`,
    'install the 64-bit wincni',
    undefined,
  );
}

/** A call after close(). */
export function closedFailure(operation: string): HnsError {
  return failed(
    `the PowerShell session is closed: ${operation}`,
    'hns-unavailable',
    'other',
    'a bug of wincni, please report it with the log',
  );
}

function hresultIn(text: string): number | undefined {
  return /^0x[0-9A-F]{8}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
}
