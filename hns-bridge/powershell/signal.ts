import type { Clock } from '../../system/host.ts';

/** Something that happens once, or never. */
export interface Signal {
  readonly done: Promise<void>;
  set(): void;
  isSet(): boolean;
}

export function signal(): Signal {
  let reached = false;
  let tell: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return {
    done,
    set() {
      reached = true;
      tell();
    },
    isSet: () => reached,
  };
}

/** Waits for a signal, at most so many milliseconds. */
export function either(awaited: Signal, clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const callOff = clock.after(ms, resolve);
    void awaited.done.then(() => {
      callOff();
      resolve();
    });
  });
}
