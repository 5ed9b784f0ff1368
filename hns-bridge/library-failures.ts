import { isJsonObject } from '../cni/json-object.ts';
import { defined } from '../system/defined.ts';
import { HnsError, hex, refusal, unknownCode } from './error.ts';
import { isFailing } from './hresults.ts';
import { numberField, textField } from './json-document.ts';

/**
 * What goes wrong with HNS's libraries, whoever calls their functions: PowerShell, or this process.
 */

const containersOff =
  'the Containers feature may be off: Enable-WindowsOptionalFeature -Online -FeatureName Containers, then restart the node';

/** Something of HNS's is not on this node. @param code the HRESULT that says so, where there is one */
export function missingPart(message: string, remedy: string, code?: number): HnsError {
  return new HnsError(
    message,
    defined({
      kind: 'hns-unavailable',
      reason: 'unsupported',
      details: code === undefined ? remedy : `${hex(code)}; ${remedy}`,
      code,
    }),
  );
}

/** Neither the COM class nor a library of HNS is there. */
export function missingHns(message: string, code?: number): HnsError {
  return missingPart(message, containersOff, code);
}

/** A library is not in the system folder. @param what which one, and where it was looked for */
export function missingLibrary(what: string, code?: number): HnsError {
  return missingPart(
    `a library of HNS is missing: ${what}`,
    `V2 needs Windows Server 2019 (build 17763) or later; ${containersOff}`,
    code,
  );
}

/** A library is there without a function that is called. @param what which function, of which library */
export function missingFunction(what: string, code?: number): HnsError {
  return missingPart(
    `a library of HNS lacks a function: ${what}`,
    'this Windows is too old for it: V2 needs Windows Server 2019 (build 17763) with its updates',
    code,
  );
}

/** A library is there and can't be loaded. @param what which one, and why */
export function badLibrary(what: string, code?: number): HnsError {
  return missingPart(
    `a library of HNS can't be loaded: ${what}`,
    'it is damaged or of another architecture: sfc /scannow',
    code,
  );
}

/** An answer of more bytes is refused: HNS gives none that is nearly as long. */
export const answerLimit = 64 * 2 ** 20;

/** An answer longer than any that HNS gives. @param limit in bytes */
export function tooLong(operation: string, limit: number): HnsError {
  return new HnsError(`HNS's answer is over ${limit / 2 ** 20} MiB: ${operation}`, {
    kind: 'hns-refused',
    reason: 'other',
    details:
      'HNS holds far more objects than a node has pods: list them with Get-HnsNetwork and Get-HnsEndpoint, and remove what nobody uses',
  });
}

/**
 * What a function of a library refused with. Where the HRESULT says nothing of a failure, the error
 * record's own code does.
 * @param operation what was asked, in words: `create endpoint 1f0c…`
 * @param name the function's
 */
export function libraryRefusal(
  operation: string,
  name: string,
  { hresult, record }: { readonly hresult: number | undefined; readonly record: string },
): HnsError {
  const { code, said } = readRecord(record);
  const failing = hresult !== undefined && isFailing(hresult);
  return refusal(
    operation,
    failing ? hresult : (code ?? unknownCode),
    said === '' ? `${name} failed` : said,
    name,
  );
}

/**
 * HNS's `{"Success":false,"Error":…,"ErrorCode":…}`, or HCS's `{"Error":<code>,"ErrorMessage":…}`; what
 * is no JSON object is taken as the message.
 */
function readRecord(text: string): { readonly said: string; readonly code: number | undefined } {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { said: text, code: undefined };
  }
  if (!isJsonObject(document)) return { said: text, code: undefined };
  const code = numberField(document, 'ErrorCode') ?? numberField(document, 'Error');
  return {
    said: textField(document, 'Error') ?? textField(document, 'ErrorMessage') ?? '',
    code: code === undefined || code === 0 ? undefined : code >>> 0,
  };
}
