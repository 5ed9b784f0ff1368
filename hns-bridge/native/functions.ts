import type { Argument } from '../../system/ffi.ts';
import { isFailing } from '../hresults.ts';
import { answerLimit, tooLong } from '../library-failures.ts';
import type {
  NativeFunctions,
  Returned,
  ReturnedHandle,
  ReturnedText,
} from '../native-functions.ts';
import type { Libraries } from './libraries.ts';
import { guidBytes, wide } from './wide.ts';

/** The functions of HNS's libraries, called in this process. What they give out is freed here. */
export function functionsOf(libraries: Libraries): NativeFunctions<bigint> {
  const take = (out: Buffer) => libraries.take(out.readBigUInt64LE(), answerLimit);
  const call = (name: string, ...args: readonly Argument[]): Returned => {
    const record = pointer();
    const hresult = libraries.call(name, ...args, record);
    return { hresult, record: take(record) ?? 'an error record that is too long' };
  };
  const callForText = (name: string, ...args: readonly Argument[]): ReturnedText => {
    const out = pointer();
    const { hresult, record } = call(name, ...args, out);
    const text = take(out);
    if (text === undefined) throw tooLong(name, answerLimit);
    return { hresult, record, text: isFailing(hresult) ? '' : text };
  };
  const callForHandle = (name: string, ...args: readonly Argument[]): ReturnedHandle<bigint> => {
    const out = pointer();
    const returned = call(name, ...args, out);
    const handle = out.readBigUInt64LE();
    return { ...returned, handle: handle === 0n ? undefined : handle };
  };
  return {
    hnsCall(method, path, body) {
      const out = pointer();
      const hresult = libraries.call('HNSCall', wide(method), wide(path), wide(body), out);
      const text = take(out);
      if (text === undefined) throw tooLong('HNSCall', answerLimit);
      // It has no record: beside a failing HRESULT, what it answers is one.
      return isFailing(hresult)
        ? { hresult, record: text, text: '' }
        : { hresult, record: '', text };
    },
    enumerate: (kind, query) => callForText(`HcnEnumerate${kind}s`, wide(query)),
    open: (kind, id) => callForHandle(`HcnOpen${kind}`, guidBytes(id)),
    create: (kind, id, settings, network) =>
      callForHandle(
        `HcnCreate${kind}`,
        ...(network === undefined ? [] : [network]),
        guidBytes(id),
        wide(settings),
      ),
    query: (kind, handle, query) => callForText(`HcnQuery${kind}Properties`, handle, wide(query)),
    modify: (kind, handle, settings) => call(`HcnModify${kind}`, handle, wide(settings)),
    delete: (kind, id) => call(`HcnDelete${kind}`, guidBytes(id)),
    close(kind, handle) {
      libraries.call(`HcnClose${kind}`, handle);
    },
    openSystem: (id) => callForHandle('HcsOpenComputeSystem', wide(id)),
    modifySystem: (handle, request) => call('HcsModifyComputeSystem', handle, wide(request)),
    closeSystem(handle) {
      libraries.call('HcsCloseComputeSystem', handle);
    },
  };
}

/** Memory for an address that a function gives out: zero until it does. */
function pointer(): Buffer {
  return Buffer.alloc(8);
}
