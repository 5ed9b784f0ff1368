import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../system/errors.ts';
import { hex, refusal } from '../error.ts';
import { type Fault, strikeFault } from './faults.ts';
import { persist, type SimulatorHost, withLock } from './lock.ts';
import { errorDocument, Refusal } from './refusal.ts';
import { type HnsState, readState } from './state.ts';

/** One call of a native function, as the journal has it. */
interface NativeCall {
  readonly api: 'v1' | 'v2';
  /** `CreateEndpoint`; V1: `POST /endpoints`. */
  readonly operation: string;
  readonly target: string;
  readonly body: unknown;
}

/** What a rule makes of a state: an answer, and another state if it changed it. */
export interface Effect {
  readonly state?: HnsState;
  readonly answer: unknown;
}

/** The calls of one process to the simulated HNS of a folder. */
export interface Calls {
  /**
   * Makes a call: under the lock, against the state on the disk, written to the journal. A fault's
   * delay is waited for before, without the lock. Throws HnsError for a refusal.
   */
  make(call: NativeCall, rule: (state: HnsState) => Effect): Promise<string>;
}

/** Where a simulated HNS is, and which process asks it. */
interface Place {
  readonly folder: string;
  readonly host: SimulatorHost;
}

/** Opens the simulated HNS of a folder. Its state is read anew at each call. */
export function openCalls(folder: string, host: SimulatorHost): Calls {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    async make(call, rule) {
      const started = performance.now();
      const perform = (fault: Fault | undefined) =>
        runCall({ folder, host }, call, rule, started, fault);
      const outcome = await withFault({ folder, host }, call, perform);
      if (outcome.refused === undefined) return outcome.text;
      throw refusal(inWords(call), outcome.refused.code, outcome.refused.message);
    },
  };
}

/** What was asked, for an error: `create endpoint 1f0c…`. */
function inWords({ api, operation, target }: NativeCall): string {
  if (api === 'v1') return `answer ${operation}`;
  const [verb, kind] = operation.match(/[A-Z][a-z]+/g) ?? [];
  return `${verb?.toLowerCase()} ${kind?.toLowerCase()} ${target}`.trimEnd();
}

/** Counting a fault and the call are one step under the lock, unless there is a delay between. */
async function withFault(
  { folder, host }: Place,
  call: NativeCall,
  perform: (fault: Fault | undefined) => Outcome,
): Promise<Outcome> {
  const first = await withLock(folder, host, () => {
    const fault = strikeFault(readFile(folder, 'faults.json'), readFile(folder, countsFile), call);
    if (fault?.counts !== undefined) replaceFile({ folder, host }, countsFile, fault.counts);
    return fault?.struck?.delayMs ? fault.struck : perform(fault?.struck);
  });
  if (!('delayMs' in first)) return first;
  await new Promise((resolve) => setTimeout(resolve, first.delayMs));
  return await withLock(folder, host, () => perform(first));
}

const countsFile = 'faults.count.json';

interface Outcome {
  readonly text: string;
  readonly refused: { readonly code: number; readonly message: string } | undefined;
}

function runCall(
  { folder, host }: Place,
  call: NativeCall,
  rule: (state: HnsState) => Effect,
  started: number,
  fault: Fault | undefined,
): Outcome {
  if (fault?.kill === 'before') host.kill(host.pid, 'SIGKILL');
  const journal = (answer: unknown, code: number | null) => {
    const { api, body, operation, target } = call;
    const ms = Math.round(performance.now() - started);
    const line = { api, operation, target, body, answer, code: code === null ? null : hex(code) };
    appendLine(folder, JSON.stringify({ ...line, ms }));
  };
  try {
    if (fault?.code !== undefined) throw new Refusal(fault.code, fault.message);
    const { answer, state } = rule(readState(readFile(folder, 'hns.json')));
    if (state) replaceFile({ folder, host }, 'hns.json', `${JSON.stringify(state, null, 2)}\n`);
    journal(fault?.answer ?? answer, null);
    if (fault?.kill === 'after') host.kill(host.pid, 'SIGKILL');
    return { text: fault?.answer ?? JSON.stringify(answer), refused: undefined };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const document = errorDocument(error.code, error.message);
    journal(document, error.code);
    return { text: JSON.stringify(document), refused: error };
  }
}

function readFile(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Written beside and renamed: a process that is killed here leaves the old file or the new one. */
function replaceFile({ folder, host }: Place, name: string, text: string): void {
  // The lock is held, so one name is enough: a file that a killed process left is overwritten.
  const beside = join(folder, `${name}.new`);
  writeFileSync(beside, text);
  persist(host, () => renameSync(beside, join(folder, name)));
}

/** Appends a whole line; half a line that a killed process left is removed first. */
function appendLine(folder: string, line: string): void {
  const path = join(folder, 'calls.jsonl');
  const file = openSync(path, 'a+');
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    const whole = size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === 10);
    if (!whole) truncateSync(path, readFileSync(path).lastIndexOf(10) + 1);
    writeSync(file, `${line}\n`);
  } finally {
    closeSync(file);
  }
}
