import type { Clock } from './host.ts';

/** Something that happens once, or never. */
export interface Signal {
  readonly done: Promise<void>;
  set(): void;
  isSet(): boolean;
}

/** A signal that has not been given yet. */
export function signal(): Signal {
  let reached = false;
  let resolveDone: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    resolveDone = resolve;
  });
  return {
    done,
    set() {
      reached = true;
      resolveDone();
    },
    isSet: () => reached,
  };
}

/** Waits for a signal, at most that many milliseconds. */
export function waitFor(awaited: Signal, clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const cancelTimer = clock.after(ms, resolve);
    void awaited.done.then(() => {
      cancelTimer();
      resolve();
    });
  });
}
