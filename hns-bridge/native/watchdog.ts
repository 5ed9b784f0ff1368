import { addressOf, type Library, loadLibrary } from './ffi.ts';

/** Ends the process when a call of HNS's does not come back. */
export interface Watchdog {
  /** Makes a call; if it lasts beyond the deadline, this never returns. */
  during<Answer>(name: string, call: () => Answer): Answer;
  close(): void;
}

/** Where nobody watches: tests of other things. */
export const noWatchdog: Watchdog = { during: (_, call) => call(), close() {} };

/** What a watchdog ends the process with. */
export interface LastWords {
  /** Milliseconds from now for all calls together. */
  readonly deadline: number;
  /** What stands on stdout then, for a call of that function. */
  readonly answer: (name: string) => string;
}

/** After the answer: until it is flushed, and until the process is ended, in milliseconds. */
const pauses = { flush: 100, end: 1_000 };

/** A timer of Windows may fire a tick early. */
const tick = 20;

/**
 * A watchdog made of Windows' own timers. A call to HNS blocks JavaScript, and no timer of Node's fires
 * meanwhile; a Worker that watches would cost a third of a bare Node's processor time at every start.
 * When a timer is due, Windows calls any function of two arguments, on another thread: `puts` with the
 * answer, `_flushall`, and TerminateProcess, whose arguments (this process, exit code 1) are just what
 * a timer gives.
 * @param folder the system's
 * @param now milliseconds, of a clock that is never set
 */
export function timerWatchdog(folder: string, now: () => number, words: LastWords): Watchdog {
  const kernel = loadLibrary(`${folder}\\kernel32.dll`);
  const runtime = loadLibrary(`${folder}\\ucrtbase.dll`);
  const end = now() + words.deadline;
  // Held here while a timer has its address.
  let answer = Buffer.alloc(1);
  return {
    during(name, call) {
      answer = Buffer.from(`${words.answer(name)}\0`);
      const due = Math.max(0, end - now());
      const answering = startTimer(kernel, due, runtime.find('puts'), addressOf(answer));
      const flushing = startTimer(kernel, due + pauses.flush, runtime.find('_flushall'), 0n);
      const ending = startTimer(
        kernel,
        due + pauses.end,
        kernel.find('TerminateProcess'),
        thisProcess,
      );
      try {
        return call();
      } finally {
        stopTimer(kernel, answering);
        // The answer is given, or may be: a second one must not follow it.
        if (now() > end - tick) waitForTheEnd();
        stopTimer(kernel, flushing);
        stopTimer(kernel, ending);
      }
    },
    close() {
      kernel.close();
      runtime.close();
    },
  };
}

/** What GetCurrentProcess gives, whichever process it is. */
const thisProcess = 2n ** 64n - 1n;

/** INVALID_HANDLE_VALUE: waits until a function that is being called has come back. */
const andWait = 2n ** 64n - 1n;

/** WT_EXECUTEONLYONCE, on a thread of the pool. */
const onlyOnce = 8n;

/** Has a function called with one argument of ours; its second is 1 (TRUE: a timer is due). */
function startTimer(kernel: Library, ms: number, address: bigint, argument: bigint): bigint {
  const timer = Buffer.alloc(8);
  const queue = 0n;
  const once = 0n;
  kernel.call(
    'CreateTimerQueueTimer',
    timer,
    queue,
    address,
    argument,
    BigInt(Math.ceil(ms)),
    once,
    onlyOnce,
  );
  return timer.readBigUInt64LE();
}

function stopTimer(kernel: Library, timer: bigint): void {
  const queue = 0n;
  kernel.call('DeleteTimerQueueTimer', queue, timer, andWait);
}

function waitForTheEnd(): never {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
