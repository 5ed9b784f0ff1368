import type { Operator } from '../operator.ts';

/** What is being looked at, for a person who waits. */
export interface Progress {
  say(what: string): void;
  end(): void;
}

/** How long nothing is said, in milliseconds: what is quick needs no words. */
const quiet = 1_000;

/** One line on stderr, written over and in the end wiped; only where a person waits, after a second. */
export function progressOf({ interactive, machine, terminal, writeStderr }: Operator): Progress {
  const { clock } = machine;
  const started = clock.elapsed();
  let shown = '';
  let latest = '';
  const wiped = () => (shown === '' ? '' : `\r${' '.repeat(shown.length)}\r`);
  const show = () => {
    const line = `looking at ${latest} ...`.slice(0, terminal.columns - 1);
    writeStderr(`${wiped()}${line}`);
    shown = line;
  };
  // A probe that takes long says nothing in between.
  const callOff = interactive ? clock.after(quiet, show) : () => undefined;
  return {
    say(what) {
      latest = what;
      if (interactive && clock.elapsed() - started >= quiet) show();
    },
    end() {
      callOff();
      if (shown !== '') writeStderr(wiped());
      shown = '';
    },
  };
}
