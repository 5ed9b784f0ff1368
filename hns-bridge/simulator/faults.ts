import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDocument, type JsonDocument, numberField, textField } from '../document.ts';

/**
 * Faults to order: `faults.json` in the state's folder, a list of
 *
 *     {"operation": "CreateEndpoint", "target": "<id>", "after": 1, "times": 1,
 *      "code": "0x803B0020", "message": "…", "delayMs": 100, "kill": "before", "answer": "…"}
 *
 * `operation` is as calls.jsonl writes it; the rest may be left out. A fault strikes calls of that
 * operation, and target if one is named: not the first `after` of them, then `times` of them (all,
 * if not said). It refuses with `code` and `message`, answers `answer` instead of the truth, waits
 * `delayMs` first, and kills the calling process `before` the effect or `after` it. How often each
 * struck is kept in `faults.count.json`, so that it counts across processes.
 */
export interface Fault {
  readonly code: number | undefined;
  readonly message: string;
  readonly delayMs: number;
  readonly kill: 'before' | 'after' | undefined;
  readonly answer: string | undefined;
}

/** The fault that strikes a call, counted; undefined for most. Under the lock. */
export function faultOf(folder: string, operation: string, target: string): Fault | undefined {
  const faults = readList(join(folder, 'faults.json'));
  if (faults.length === 0) return undefined;
  const counts = readCounts(join(folder, 'faults.count.json'));
  let struck: JsonDocument | undefined;
  for (const [index, fault] of faults.entries()) {
    if (textField(fault, 'operation') !== operation) continue;
    const wanted = textField(fault, 'target');
    if (wanted !== undefined && wanted.toLowerCase() !== target.toLowerCase()) continue;
    const before = counts[index] ?? 0;
    counts[index] = before + 1;
    const after = numberField(fault, 'after') ?? 0;
    const times = numberField(fault, 'times') ?? Number.POSITIVE_INFINITY;
    if (before >= after && before < after + times) struck ??= fault;
  }
  writeFileSync(join(folder, 'faults.count.json'), JSON.stringify(counts));
  return struck && readFault(struck);
}

function readFault(fault: JsonDocument): Fault {
  const code = textField(fault, 'code');
  const kill = textField(fault, 'kill');
  return {
    code: code === undefined ? undefined : Number(code),
    message: textField(fault, 'message') ?? 'a fault that was asked for',
    delayMs: numberField(fault, 'delayMs') ?? 0,
    kill: kill === 'before' || kill === 'after' ? kill : undefined,
    answer: textField(fault, 'answer'),
  };
}

function readList(path: string): readonly JsonDocument[] {
  const written = readJson(path);
  return Array.isArray(written) ? written.filter(isDocument) : [];
}

function readCounts(path: string): number[] {
  const written = readJson(path);
  return Array.isArray(written) ? written.map((count) => Number(count) || 0) : [];
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // No such file: no faults were ordered.
    return undefined;
  }
  return JSON.parse(text);
}
