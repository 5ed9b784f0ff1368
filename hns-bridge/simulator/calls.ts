import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hasCode } from '../../system/errors.ts';
import { pathIn } from '../../system/path-in.ts';
import { hex } from '../error.ts';
import type { ReturnedText } from '../native-functions.ts';
import { type Fault, strikeFault } from './faults.ts';
import { persist, type SimulatorHost, withLock } from './lock.ts';
import { errorDocument, Refusal } from './refusal.ts';
import { restarted } from './restart.ts';
import { type HnsState, readState } from './state.ts';

/** One call of a native function, as the journal has it. */
interface NativeCall {
  readonly api: 'v1' | 'v2' | 'hcs';
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

/** The process that asks. */
export interface Caller {
  readonly pid: number;
  /** What it is, as far as it says so. */
  readonly program?: string;
  /** Ends it at once, for a fault that asks for that; then it gets no answer. */
  readonly end: () => void;
}

/** The calls of one process to the simulated HNS of a folder. */
export interface Calls {
  /**
   * Makes a call: under the lock, against the state on the disk, written to the journal. A fault's
   * delay is waited for before, without the lock.
   */
  make(call: NativeCall, rule: (state: HnsState) => Effect): Promise<ReturnedText>;
}

/** Where a simulated HNS is, and which process asks it. */
interface Place {
  readonly folder: string;
  readonly host: SimulatorHost;
  readonly caller: Caller;
}

/** Opens the simulated HNS of a folder. Its state is read anew at each call. */
export function openCalls(place: Place): Calls {
  return {
    make(call, rule) {
      const started = Date.now();
      return withFault(place, call, (fault) => runCall(place, call, rule, started, fault));
    },
  };
}

/** Counting a fault and the call are one step under the lock, unless there is a delay between. */
async function withFault(
  { folder, host }: Place,
  call: NativeCall,
  perform: (fault: Fault | undefined) => ReturnedText,
): Promise<ReturnedText> {
  const first = await withLock(folder, host, () => {
    const ordered = readFile(folder, 'faults.json');
    const fault =
      ordered === undefined ? undefined : strikeFault(ordered, readFile(folder, countsFile), call);
    if (fault?.counts !== undefined) replaceFile({ folder, host }, countsFile, fault.counts);
    return fault?.struck?.delayMs ? fault.struck : perform(fault?.struck);
  });
  if (!('delayMs' in first)) return first;
  await new Promise((resolve) => setTimeout(resolve, first.delayMs));
  return await withLock(folder, host, () => perform(first));
}

const countsFile = 'faults.count.json';

function runCall(
  { caller, folder, host }: Place,
  call: NativeCall,
  rule: (state: HnsState) => Effect,
  started: number,
  fault: Fault | undefined,
): ReturnedText {
  if (fault?.kill === 'before') caller.end();
  const journal = (answer: unknown, code: number | null) => {
    const ms = Date.now() - started;
    const { pid, program } = caller;
    const line = { ...call, answer, code: code === null ? null : hex(code), ms, pid, program };
    appendLine(folder, JSON.stringify(line));
  };
  const write = (changed: HnsState) =>
    replaceFile({ folder, host }, 'hns.json', stateText(changed));
  const before = readFolder(folder);
  const state = fault?.restart ? restarted(before) : before;
  if (state !== before) write(state);
  try {
    if (fault?.code !== undefined) throw new Refusal(fault.code, fault.message);
    const effect = rule(state);
    if (effect.state) write(effect.state);
    // V1 has no error records.
    const record = (call.api !== 'v1' && fault?.record) || '';
    const text = fault?.answer ?? JSON.stringify(effect.answer);
    journal(record || (fault?.answer ?? effect.answer), null);
    if (fault?.kill === 'after') caller.end();
    return { hresult: 0, record, text };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const document = errorDocument(call.api, error.code, error.message);
    journal(document, error.code);
    const text = JSON.stringify(document);
    // V1 gives a refusal as its answer or, since Windows 1809, as a failing HRESULT.
    return call.api === 'v1' && state.rules.v1Refusals === 'answered'
      ? { hresult: 0, record: '', text }
      : { hresult: error.code, record: text, text: fault?.answer ?? '' };
  }
}

/** Throws for a folder that nobody has laid an HNS out in: a wrong path must not be an empty HNS. */
function readFolder(folder: string): HnsState {
  const text = readFile(folder, 'hns.json');
  if (text === undefined) throw new Error(`no hns.json in ${folder}`);
  return readState(text);
}

const stateText = (state: HnsState) => `${JSON.stringify(state, null, 2)}\n`;

function readFile(folder: string, name: string): string | undefined {
  try {
    return readFileSync(pathIn(folder, name), 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Written beside and renamed: a process that is killed here leaves the old file or the new one. */
function replaceFile({ folder, host }: Omit<Place, 'caller'>, name: string, text: string): void {
  // The lock is held, so one name is enough: a file that a killed process left is overwritten.
  const beside = pathIn(folder, `${name}.new`);
  writeFileSync(beside, text);
  persist(host, () => renameSync(beside, pathIn(folder, name)));
}

/** Appends a whole line; half a line that a killed process left is removed first. */
function appendLine(folder: string, line: string): void {
  const path = pathIn(folder, 'calls.jsonl');
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
