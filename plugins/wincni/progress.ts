import type { Operator } from './operator.ts';

/** A line that says how far long work has come; it is shown to a person alone, and not at once. */
export interface Progress {
  say(text: string): void;
  /** Takes the line away. */
  end(): void;
}

/** How long work may take before anything is said, and between two lines, in milliseconds. */
const first = 1000;
const between = 100;

/** Begins to count the time. */
export function progressOf({ interactive, machine, terminal, writeStderr }: Operator): Progress {
  const { clock } = machine;
  const shown = { at: clock.elapsed() + first - between, width: 0 };
  return {
    say(text) {
      if (!interactive || clock.elapsed() - shown.at < between) return;
      const line = text.slice(0, terminal.columns - 1);
      writeStderr(`\r${line.padEnd(shown.width)}`);
      Object.assign(shown, { at: clock.elapsed(), width: line.length });
    },
    end() {
      if (shown.width > 0) writeStderr(`\r${' '.repeat(shown.width)}\r`);
      shown.width = 0;
    },
  };
}
