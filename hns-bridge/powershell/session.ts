import type { ChildProcess } from 'node:child_process';
import type { Host } from '../../system/host.ts';
import { signal, waitFor } from '../../system/signal.ts';
import type { HnsError } from '../error.ts';
import { answerLimit, tooLong } from '../library-failures.ts';
import { type Child, startChild } from './child.ts';
import { appended } from './evidence.ts';
import {
  answerFailure,
  bitsFailure,
  closedFailure,
  exitFailure,
  garbageFailure,
  startFailure,
  timeoutFailure,
} from './failures.ts';
import type { Launch } from './locate.ts';
import { createLineReader, type Line, parseLine, requestLine } from './protocol.ts';
import { sessionScript } from './scripts.ts';

/** How long to wait, in milliseconds. */
export interface Deadlines {
  /** From the start to the ready line. */
  readonly start: number;
  /** For one call. */
  readonly call: number;
  /** For all of a session. */
  readonly session: number;
  /** For PowerShell to end once its stdin is closed, or once it is killed. */
  readonly exit: number;
}

/** At most; the command's own deadline goes before them. */
export const usualDeadlines: Deadlines = {
  // On a node that was just installed, .NET compiles PowerShell first, from a cold disk.
  start: 85_000,
  call: 60_000,
  session: 100_000,
  exit: 2_000,
};

export interface SessionDeps extends Pick<Host, 'platform' | 'clock' | 'log' | 'kill'> {
  readonly deadlines: Deadlines;
}

/** One PowerShell process that serves requests until it is closed. */
export interface Session {
  /** One request. `operation` says it in words, for errors. Throws HnsError. */
  call(operation: string, verb: string, ...fields: readonly string[]): Promise<string>;
  /**
   * Ends the process; never throws. Where it holds objects of COM that are well, it ends by itself, which
   * is waited for; else it is killed, and its end is nobody's matter.
   */
  close(): Promise<void>;
}

/** A request that was sent and has no answer yet. */
interface PendingCall {
  readonly id: string;
  readonly operation: string;
  readonly resolve: (payload: string) => void;
  readonly reject: (error: HnsError) => void;
}

/** Why the session has ended: the error for a call that was waiting, or comes afterwards. */
type Failure = (operation: string) => HnsError;

/** Starts PowerShell at once and sends it the session's script; nothing waits until the first call. */
export function startSession(launch: Launch, deps: SessionDeps): Session {
  const { clock, log, deadlines } = deps;
  const started = clock.now();
  const pending: PendingCall[] = [];
  const cancelTimers: (() => void)[] = [];
  const reader = createLineReader(answerLimit);
  const evidence = { executable: launch.executable, stdout: '', stderr: '' };
  const ready = signal();
  const gone = signal();
  let child: Child | undefined;
  let failure: Failure | undefined;
  let calls = 0;
  /** A process that ends by itself lets COM release the service's objects. */
  let holdsObjects = false;
  let closing: Promise<void> | undefined;

  /** Ends the session: calls that wait, and those that come later, fail with this. */
  const end = (why: Failure) => {
    if (failure !== undefined) return;
    failure = why;
    for (const cancel of cancelTimers) cancel();
    for (const call of pending.splice(0)) call.reject(why(call.operation));
    ready.set();
  };

  const endAndKill = (why: Failure) => {
    if (failure !== undefined) return;
    end(why);
    child?.killTree();
  };

  const startTimer = (stage: 'start' | 'call' | 'session') =>
    clock.after(deadlines[stage], () =>
      endAndKill((operation) => timeoutFailure(operation, stage, deadlines[stage], evidence)),
    );

  const takeFirstLine = (line: Line, bytes: Buffer) => {
    if (line.kind === 'refusal') return endAndKill((operation) => answerFailure(operation, line));
    // Another program's greeting before the ready line does no harm.
    if (line.kind !== 'ready') {
      evidence.stdout = appended(evidence.stdout, bytes);
      return;
    }
    if (deps.platform === 'win32' && line.bits !== '64') {
      return endAndKill(() => bitsFailure(evidence));
    }
    log('powershell ready', {
      pid: child?.process.pid,
      version: `${line.version} ${line.edition}`,
      ms: clock.now() - started,
    });
    ready.set();
  };

  const takeLine = (bytes: Buffer) => {
    if (failure !== undefined) return;
    const line = parseLine(bytes);
    if (!ready.isSet()) return takeFirstLine(line, bytes);
    const call = pending[0];
    // From here on only the session may write, and only the answer to the oldest request.
    if ((line.kind !== 'answer' && line.kind !== 'refusal') || call?.id !== line.id) {
      evidence.stdout = appended(evidence.stdout, bytes);
      return endAndKill((operation) => garbageFailure(operation, evidence));
    }
    pending.shift();
    if (line.kind === 'answer') return call.resolve(line.payload);
    const error = answerFailure(call.operation, line);
    // What HNS says it has in a bad state is not worth waiting for.
    if (error.reason === 'degraded') holdsObjects = false;
    call.reject(error);
  };

  const onEnd = (code: number | null, signalName: string | null) => {
    evidence.stdout = appended(evidence.stdout, reader.rest());
    const exit = { code, signal: signalName, ready: ready.isSet() };
    end((operation) => exitFailure(operation, exit, evidence));
  };

  const onStartFailure = (error: unknown) => {
    const systemCode =
      error instanceof Error && 'code' in error ? String(error.code) : String(error);
    end(() => startFailure(systemCode, evidence));
    gone.set();
  };

  const listen = (running: ChildProcess) => {
    running.on('error', (error) => {
      if (running.pid === undefined) onStartFailure(error);
    });
    running.on('exit', (code, signalName) => {
      gone.set();
      // The last it wrote may still be in the pipe: 'close' comes when that is read, but not while a
      // child of its own holds the pipe open.
      running.once(
        'close',
        clock.after(deadlines.exit, () => onEnd(code, signalName)),
      );
    });
    running.on('close', onEnd);
    running.stderr?.on('data', (chunk: Buffer) => {
      evidence.stderr = appended(evidence.stderr, chunk);
    });
    running.stdout?.on('data', (chunk: Buffer) => {
      if (failure !== undefined) return;
      const lines = reader.read(chunk);
      if (lines === undefined) {
        return endAndKill((operation) => tooLong(operation, answerLimit));
      }
      for (const line of lines) takeLine(line);
    });
    // EPIPE: the process is gone, and 'close' says how it ended.
    running.stdin?.on('error', () => undefined);
    const script = Buffer.from(sessionScript, 'utf8');
    running.stdin?.write(Buffer.concat([Buffer.from(`${script.length}\n`), script]));
  };

  const send = (operation: string, verb: string, fields: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      calls += 1;
      const id = String(calls);
      if (verb === 'v1') holdsObjects = true;
      const cancelTimer = startTimer('call');
      pending.push({
        id,
        operation,
        resolve(payload) {
          cancelTimer();
          resolve(payload);
        },
        reject(error) {
          cancelTimer();
          reject(error);
        },
      });
      child?.process.stdin?.write(requestLine(id, verb, fields));
    });

  const shutDown = async () => {
    const idle = failure === undefined && pending.length === 0;
    end(closedFailure);
    if (child?.process.pid === undefined) return;
    if (!gone.isSet() && idle && holdsObjects) {
      child.process.stdin?.end();
      await waitFor(gone, clock, deadlines.exit);
    }
    const killed = !gone.isSet();
    // One that was asked for nothing but V2 has started no process of its own.
    if (idle && !holdsObjects) {
      child.kill();
    } else {
      child.killTree();
      await waitFor(gone, clock, deadlines.exit);
      if (!gone.isSet()) child.kill();
    }
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
    const cancelStartTimer = startTimer('start');
    cancelTimers.push(cancelStartTimer, startTimer('session'));
    void ready.done.then(cancelStartTimer);
  } catch (error) {
    onStartFailure(error);
  }

  return {
    async call(operation, verb, ...fields) {
      await ready.done;
      if (failure !== undefined) throw failure(operation);
      return await send(operation, verb, fields);
    },
    close() {
      closing ??= shutDown();
      return closing;
    },
  };
}
