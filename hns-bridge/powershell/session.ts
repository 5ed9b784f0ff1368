import type { ChildProcess } from 'node:child_process';
import type { Host } from '../../system/host.ts';
import type { HnsError } from '../error.ts';
import { type Child, startChild } from './child.ts';
import {
  answerFailure,
  bitsFailure,
  closedFailure,
  exitFailure,
  garbageFailure,
  startFailure,
  timeoutFailure,
  tooLongFailure,
} from './failures.ts';
import type { Launch } from './locate.ts';
import { createLineReader, type Line, parseLine, requestLine } from './protocol.ts';
import { sessionScript } from './scripts.ts';
import { either, signal } from './signal.ts';

/** How long to wait, in milliseconds. */
export interface Deadlines {
  /** From the start to the ready line. */
  readonly start: number;
  /** For one call. */
  readonly call: number;
  /** For all of a session: below the two minutes that a kubelet gives a runtime. */
  readonly session: number;
  /** For PowerShell to go when it is told to. */
  readonly exit: number;
}

export const usualDeadlines: Deadlines = {
  start: 45_000,
  call: 60_000,
  session: 110_000,
  exit: 2_000,
};

export interface SessionDeps extends Pick<Host, 'platform' | 'clock' | 'log' | 'kill'> {
  readonly deadlines: Deadlines;
}

/** One PowerShell process that serves requests until it is closed. */
export interface Session {
  /** One request. `doing` says it in words, for errors. Throws HnsError. */
  call(doing: string, verb: string, ...fields: readonly string[]): Promise<string>;
  /** Ends the process and waits for its end; never throws. */
  close(): Promise<void>;
}

/** Larger answers are refused: nothing of HNS comes near it. */
const answerLimit = 64 * 2 ** 20;
/** So much of what PowerShell says beside the protocol is kept for an error's details. */
const evidenceLimit = 2_000;

interface Waiting {
  readonly id: string;
  readonly doing: string;
  readonly resolve: (payload: string) => void;
  readonly reject: (error: HnsError) => void;
}

/** What ended the session, told to each call that meets it. */
type Failure = (doing: string) => HnsError;

/** Starts PowerShell at once and sends it the session's script; nobody waits until a call does. */
export function startSession(launch: Launch, deps: SessionDeps): Session {
  const { clock, log, deadlines } = deps;
  const started = clock.now();
  const waiting: Waiting[] = [];
  const timers: (() => void)[] = [];
  const reader = createLineReader(answerLimit);
  const evidence = { executable: launch.executable, stdout: '', stderr: '' };
  const ready = signal();
  const gone = signal();
  let child: Child | undefined;
  let failure: Failure | undefined;
  let calls = 0;
  let closing: Promise<void> | undefined;

  /** No call gets through from here on. */
  const settle = (why: Failure) => {
    if (failure !== undefined) return;
    failure = why;
    for (const callOff of timers) callOff();
    for (const call of waiting.splice(0)) call.reject(why(call.doing));
    ready.set();
  };

  const fail = (why: Failure) => {
    if (failure !== undefined) return;
    settle(why);
    child?.killTree();
  };

  const expire = (stage: 'start' | 'call' | 'session') =>
    clock.after(deadlines[stage], () =>
      fail((doing) => timeoutFailure(doing, stage, deadlines[stage], evidence)),
    );

  const greet = (said: Line, bytes: Buffer) => {
    if (said.kind === 'refusal') return fail((doing) => answerFailure(doing, said));
    // A greeting of somebody else before the ready line does no harm.
    if (said.kind !== 'ready') {
      evidence.stdout = more(evidence.stdout, bytes);
      return;
    }
    if (deps.platform === 'win32' && said.bits !== '64') return fail(() => bitsFailure(evidence));
    log('powershell ready', {
      pid: child?.process.pid,
      version: `${said.version} ${said.edition}`,
      ms: clock.now() - started,
    });
    ready.set();
  };

  const takeLine = (bytes: Buffer) => {
    if (failure !== undefined) return;
    const said = parseLine(bytes);
    if (!ready.isSet()) return greet(said, bytes);
    const call = waiting[0];
    // Nobody but the session may speak now, and only when it is asked.
    if ((said.kind !== 'answer' && said.kind !== 'refusal') || call?.id !== said.id) {
      evidence.stdout = more(evidence.stdout, bytes);
      return fail((doing) => garbageFailure(doing, evidence));
    }
    waiting.shift();
    if (said.kind === 'answer') call.resolve(said.payload);
    else call.reject(answerFailure(call.doing, said));
  };

  const ended = (code: number | null, signalName: string | null) => {
    evidence.stdout = more(evidence.stdout, reader.rest());
    const exit = { code, signal: signalName, ready: ready.isSet() };
    settle((doing) => exitFailure(doing, exit, evidence));
  };

  const refuseStart = (error: unknown) => {
    const systemCode =
      error instanceof Error && 'code' in error ? String(error.code) : String(error);
    settle(() => startFailure(systemCode, evidence));
    gone.set();
  };

  const listen = (running: ChildProcess) => {
    running.on('error', (error) => {
      if (running.pid === undefined) refuseStart(error);
    });
    running.on('exit', (code, signalName) => {
      gone.set();
      // Its last words may still be in the pipe: 'close' comes after them, but not while a child
      // of its own holds the pipe open.
      running.once(
        'close',
        clock.after(deadlines.exit, () => ended(code, signalName)),
      );
    });
    running.on('close', ended);
    running.stderr?.on('data', (chunk: Buffer) => {
      evidence.stderr = more(evidence.stderr, chunk);
    });
    running.stdout?.on('data', (chunk: Buffer) => {
      if (failure !== undefined) return;
      const lines = reader.read(chunk);
      if (lines === undefined) return fail((doing) => tooLongFailure(doing, answerLimit));
      for (const line of lines) takeLine(line);
    });
    // EPIPE: it is gone, and 'close' says how.
    running.stdin?.on('error', () => undefined);
    const script = Buffer.from(sessionScript, 'utf8');
    running.stdin?.write(Buffer.concat([Buffer.from(`${script.length}\n`), script]));
  };

  const ask = (doing: string, verb: string, fields: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      calls += 1;
      const id = String(calls);
      const callOff = expire('call');
      waiting.push({
        id,
        doing,
        resolve(payload) {
          callOff();
          resolve(payload);
        },
        reject(error) {
          callOff();
          reject(error);
        },
      });
      child?.process.stdin?.write(requestLine(id, verb, fields));
    });

  const leave = async () => {
    const listening = failure === undefined && waiting.length === 0;
    settle(closedFailure);
    if (child?.process.pid === undefined) return;
    if (!gone.isSet() && listening && calls > 0) {
      // COM takes leave of the service when the process ends by itself.
      child.process.stdin?.end();
      await either(gone, clock, deadlines.exit);
    }
    const killed = !gone.isSet();
    // One that was never asked anything has started nothing.
    if (listening && calls === 0) child.kill();
    else child.killTree();
    await either(gone, clock, deadlines.exit);
    if (!gone.isSet()) child.kill();
    for (const stream of [child.process.stdin, child.process.stdout, child.process.stderr]) {
      stream?.destroy();
    }
    child.process.unref();
    log('powershell closed', { pid: child.process.pid, killed, ms: clock.now() - started });
  };

  try {
    child = startChild(launch, deps);
    listen(child.process);
    const { pid } = child.process;
    if (pid !== undefined) log('powershell started', { pid, executable: launch.executable });
    const callOff = expire('start');
    timers.push(callOff, expire('session'));
    void ready.done.then(callOff);
  } catch (error) {
    refuseStart(error);
  }

  return {
    async call(doing, verb, ...fields) {
      await ready.done;
      if (failure !== undefined) throw failure(doing);
      return await ask(doing, verb, fields);
    },
    close() {
      closing ??= leave();
      return closing;
    },
  };
}

/** What was kept so far and the next bytes, up to the limit. */
function more(kept: string, bytes: Buffer): string {
  const room = evidenceLimit - kept.length;
  if (room <= 0 || bytes.length === 0) return kept;
  return `${kept}${kept === '' || kept.endsWith('\n') ? '' : '\n'}${bytes.subarray(0, room).toString('utf8')}`;
}
