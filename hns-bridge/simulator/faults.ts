import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { bareId } from '../ids.ts';
import { field, numberField, textField } from '../json-document.ts';

/**
 * Faults to order: `faults.json` in the state's folder, a list of
 *
 *     {"operation": "CreateEndpoint", "target": "<id>", "after": 1, "times": 1, "every": 2,
 *      "code": "0x803B0020", "message": "…", "delayMs": 100, "kill": "before", "answer": "…", "record": "…"}
 *
 * `operation` is as calls.jsonl writes it (of V1, `POST /endpoints/<id>/attach` stands for any id);
 * the rest may be left out. A fault strikes calls of that operation, and of that target if one is
 * named (an id in any letter case, with or without braces): the first `after` of them pass, the next
 * `times` are struck (without `times`, all that follow; with `every`, only each so-many-th of them). When several faults would strike a call, the
 * first in the list does. What a fault does, in this order:
 *
 * - `delayMs`: waits so long before the call; other calls go on meanwhile;
 * - `restart: true`: HNS has restarted just before, and has lost what it does not keep (restart.ts);
 * - `kill: "before"`: kills the calling process (SIGKILL) before the effect, the lock held;
 * - `code`, `message`: the call is refused with that HRESULT, and has no effect; with `answer`, that
 *   text stands beside it, or a handle of what should be opened;
 * - `kill: "after"`: kills it after the effect, the state and the journal written, the lock held;
 * - `answer`: the call has its effect, and answers this text;
 * - `record`: the call has its effect, and gives this error record beside success, as a text
 *   (V2 and HCS have such).
 *
 * How many calls each has met is kept in `faults.count.json`, a list in the same order, so that it
 * counts across processes; remove it with a new faults.json.
 */
export interface Fault {
  readonly code: number | undefined;
  readonly message: string;
  readonly delayMs: number;
  readonly restart: boolean;
  readonly kill: 'before' | 'after' | undefined;
  readonly answer: string | undefined;
  readonly record: string | undefined;
}

/** What the ordered faults make of a call. */
interface Strike {
  readonly struck: Fault | undefined;
  /** The new text of faults.count.json; absent when the call met none. */
  readonly counts?: string;
}

/**
 * The fault that strikes a call, and the counts with this call in them.
 * @param ordered the text of faults.json, @param counted the text of faults.count.json, if there.
 * Throws when faults.json is not as it must be, naming the entry.
 */
export function strikeFault(
  ordered: string,
  counted: string | undefined,
  call: { readonly operation: string; readonly target: string },
): Strike | undefined {
  const faults = readFaults(ordered);
  const counts: unknown = JSON.parse(counted ?? '[]');
  const before = faults.map((_, index) => Number(Array.isArray(counts) ? counts[index] : 0) || 0);
  const met = faults.map((fault) => isMet(fault, call));
  if (!met.includes(true)) return undefined;
  const struck = faults.find((fault, index) => {
    const count = before[index] ?? 0;
    const after = numberField(fault, 'after') ?? 0;
    const times = numberField(fault, 'times') ?? Number.POSITIVE_INFINITY;
    const every = numberField(fault, 'every') ?? 1;
    return met[index] && count >= after && count < after + times && (count - after) % every === 0;
  });
  const after = before.map((count, index) => (met[index] ? count + 1 : count));
  return { struck: struck && readFault(struck), counts: JSON.stringify(after) };
}

function isMet(
  fault: JsonObject,
  call: { readonly operation: string; readonly target: string },
): boolean {
  const operation = textField(fault, 'operation') ?? '';
  const target = textField(fault, 'target');
  return (
    [call.operation, call.operation.replace(call.target, '<id>')].includes(operation) &&
    (target === undefined || bareId(target) === bareId(call.target))
  );
}

function readFaults(text: string): readonly JsonObject[] {
  const written: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  if (!Array.isArray(written)) throw new Error('faults.json: expected a list');
  for (const [index, fault] of written.entries()) {
    if (!isJsonObject(fault) || textField(fault, 'operation') === undefined) {
      throw new Error(`faults.json: [${index}] names no operation`);
    }
    if (Number.isNaN(Number(textField(fault, 'code') ?? 0))) {
      throw new Error(`faults.json: [${index}].code is no HRESULT, such as "0x803B0020"`);
    }
    if (!['', 'before', 'after'].includes(textField(fault, 'kill') ?? '')) {
      throw new Error(`faults.json: [${index}].kill is neither "before" nor "after"`);
    }
  }
  return written;
}

function readFault(fault: JsonObject): Fault {
  const code = textField(fault, 'code');
  const kill = textField(fault, 'kill');
  return {
    code: code === undefined ? undefined : Number(code),
    message: textField(fault, 'message') ?? 'a fault that was asked for',
    delayMs: numberField(fault, 'delayMs') ?? 0,
    restart: field(fault, 'restart') === true,
    kill: kill === 'before' || kill === 'after' ? kill : undefined,
    answer: textField(fault, 'answer'),
    record: textField(fault, 'record'),
  };
}
