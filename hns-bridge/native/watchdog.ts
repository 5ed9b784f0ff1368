import type { Library } from '../../system/ffi.ts';
import { missingPart } from '../library-failures.ts';
import { addressOf, loadLibrary } from './ffi.ts';

/** Ends the process when a call of HNS's does not come back. */
export interface Watchdog {
  /**
   * Makes a call; if it lasts until the deadline, this never returns. Throws what `late` gives when the
   * deadline has come before.
   */
  during<Answer>(name: string, call: () => Answer): Answer;
  close(): void;
}

/** Where nobody watches: tests of other things. */
export const noWatchdog: Watchdog = { during: (_, call) => call(), close() {} };

/** What a watchdog ends the process with. */
export interface LastWords {
  /** Milliseconds that are left for all calls together. */
  readonly left: () => number;
  /** What stands on stdout then, for a call of that function. */
  readonly answer: (name: string) => string;
  /** The error of a call that is not made any more. */
  readonly late: (name: string) => Error;
}

/** After the answer: until it is flushed, and until the process is ended, in milliseconds. */
const pauses = { flush: 100, end: 1_000 };

/**
 * So near to the deadline, in milliseconds, it counts as over: no timer is stopped then that may just be
 * firing, a tick early or late, and no call is made.
 */
const near = 250;

/**
 * A watchdog made of Windows' own timers. A call to HNS blocks JavaScript, and no timer of Node's fires
 * meanwhile; a Worker that watches would cost a third of a bare Node's processor time at every start.
 * When a timer is due, Windows calls any function of two arguments, on another thread: `puts` with the
 * answer, `_flushall`, and TerminateProcess, whose arguments (this process, an exit code that is not 0)
 * are just what a timer gives.
 * @param folder the system's
 */
export function timerWatchdog(folder: string, words: LastWords): Watchdog {
  const kernel = loadLibrary(`${folder}\\kernel32.dll`);
  const runtime = loadLibrary(`${folder}\\ucrtbase.dll`);
  // Held here while a timer has its address.
  let answer = Buffer.alloc(1);
  return {
    during(name, call) {
      const due = words.left();
      if (due <= near) throw words.late(name);
      answer = Buffer.from(`${words.answer(name)}\0`);
      const timers = startTimers(kernel, [
        { ms: due, address: runtime.find('puts'), argument: addressOf(answer) },
        { ms: due + pauses.flush, address: runtime.find('_flushall'), argument: 0n },
        { ms: due + pauses.end, address: kernel.find('TerminateProcess'), argument: thisProcess },
      ]);
      try {
        return call();
      } finally {
        // The answer comes, or has come: a second one must not follow it.
        if (words.left() < near) waitForTheEnd();
        for (const timer of timers) stopTimer(kernel, timer);
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

/** A function that is called once, so many milliseconds from now, with this argument and a 1. */
interface Due {
  readonly ms: number;
  readonly address: bigint;
  readonly argument: bigint;
}

/** Starts all of them, or none: throws HnsError then. */
function startTimers(kernel: Library, all: readonly Due[]): readonly bigint[] {
  const started: bigint[] = [];
  for (const { address, argument, ms } of all) {
    const timer = Buffer.alloc(8);
    const [queue, once] = [0n, 0n];
    const due = BigInt(Math.ceil(ms));
    if (
      kernel.call('CreateTimerQueueTimer', timer, queue, address, argument, due, once, onlyOnce) ===
      0
    ) {
      for (const one of started) stopTimer(kernel, one);
      throw missingPart(
        'Windows gives no timer to watch a call of HNS with',
        'it is short of memory or handles: restart the node, or set "hns": "powershell"',
      );
    }
    started.push(timer.readBigUInt64LE());
  }
  return started;
}

function stopTimer(kernel: Library, timer: bigint): void {
  const queue = 0n;
  kernel.call('DeleteTimerQueueTimer', queue, timer, andWait);
}

function waitForTheEnd(): never {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
