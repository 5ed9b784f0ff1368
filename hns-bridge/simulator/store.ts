import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../error.ts';
import { faultOf } from './faults.ts';
import { pause, withLock } from './lock.ts';
import { errorDocument, Refusal } from './refusal.ts';
import { type HnsState, readState } from './state.ts';

/** One call of a native function, as the journal has it. */
export interface NativeCall {
  readonly api: 'v1' | 'v2';
  /** `CreateEndpoint`; V1: `POST /endpoints`. */
  readonly operation: string;
  readonly target: string;
  readonly body: unknown;
  /** What is asked, in words, for the error. */
  readonly doing: string;
}

/** What a rule makes of a state: an answer, and another state if it changed it. */
export interface Effect {
  readonly state?: HnsState;
  readonly answer: unknown;
}

/** The calls of one process to the simulated HNS of a folder. */
export interface Calls {
  /**
   * Makes a call: under the lock, against the state on the disk, written to the journal. Throws
   * HnsError for a refusal.
   */
  make(call: NativeCall, rule: (state: HnsState) => Effect): string;
}

/** Opens the simulated HNS of a folder. Its state is read anew at each call. */
export function openCalls(folder: string): Calls {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    make(call, rule) {
      const started = Date.now();
      const outcome = withLock(folder, () => perform(folder, call, rule, started));
      if (outcome.refused === undefined) return outcome.text;
      throw refusal(call.doing, outcome.refused.code, outcome.refused.message);
    },
  };
}

interface Outcome {
  readonly text: string;
  readonly refused: { readonly code: number; readonly message: string } | undefined;
}

function perform(
  folder: string,
  call: NativeCall,
  rule: (state: HnsState) => Effect,
  started: number,
): Outcome {
  const fault = faultOf(folder, call.operation, call.target);
  if (fault?.delayMs) pause(fault.delayMs);
  if (fault?.kill === 'before') process.kill(process.pid, 'SIGKILL');
  const journal = (answer: unknown, code: number | null) => {
    const { api, body, operation, target } = call;
    const hex = code === null ? null : `0x${code.toString(16).toUpperCase().padStart(8, '0')}`;
    const ms = Date.now() - started;
    const line = { api, operation, target, body, answer, code: hex, ms };
    appendFileSync(join(folder, 'calls.jsonl'), `${JSON.stringify(line)}\n`);
  };
  try {
    if (fault?.code !== undefined) throw new Refusal(fault.code, fault.message);
    const { answer, state } = rule(readFolder(folder));
    if (state) writeFolder(folder, state);
    journal(answer, null);
    if (fault?.kill === 'after') process.kill(process.pid, 'SIGKILL');
    return { text: fault?.answer ?? JSON.stringify(answer), refused: undefined };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const document = errorDocument(error.code, error.message);
    journal(document, error.code);
    return { text: JSON.stringify(document), refused: error };
  }
}

function readFolder(folder: string): HnsState {
  let text: string | undefined;
  try {
    text = readFileSync(join(folder, 'hns.json'), 'utf8');
  } catch {
    // No state yet: an HNS without networks.
    text = undefined;
  }
  return readState(text);
}

/** Written beside and renamed: who is killed here leaves the old state or the new. */
function writeFolder(folder: string, state: HnsState): void {
  const beside = join(folder, `hns.json.${process.pid}`);
  writeFileSync(beside, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(beside, join(folder, 'hns.json'));
}
