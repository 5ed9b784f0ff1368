import { isAbsolute } from 'node:path';
import type { Log } from './host.ts';

/** The longest line written: what HNS answers can be long, and a log is for reading. */
const longest = 8192;

/** Where a command's steps go, once it is known. */
export interface StepLog {
  readonly log: Log;
  /** Whether there is a file to write to. */
  isOn(): boolean;
  /** Sets whose steps these are and, unless a file is set already, where they go. */
  about(subject: Readonly<Record<string, string>>, file: unknown): void;
}

/**
 * The log of one command: a JSON object a line, appended to WINCNI_LOG_FILE or to `logFile` of the
 * configuration, if either is there. A log that cannot be written never fails a command.
 */
export function openLog(options: {
  readonly plugin: string;
  /** An absolute path; any other is ignored. */
  readonly file: string | undefined;
  readonly pid: number;
  readonly now: () => number;
  readonly append: (file: string, text: string) => void;
}): StepLog {
  let file = absolute(options.file);
  let subject: Readonly<Record<string, string>> = {};
  return {
    log(step, facts = {}) {
      if (file === undefined) return;
      try {
        const head = {
          time: new Date(options.now()).toISOString(),
          pid: options.pid,
          plugin: options.plugin,
          ...subject,
          step,
        };
        options.append(file, `${lineOf(head, facts)}\n`);
      } catch {
        // The pod's network matters more than its log.
      }
    },
    isOn: () => file !== undefined,
    about(whose, configured) {
      subject = whose;
      file ??= absolute(configured);
    },
  };
}

/** A relative path would be a file wherever the runtime happens to stand. */
function absolute(path: unknown): string | undefined {
  return typeof path === 'string' && isAbsolute(path) ? path : undefined;
}

/** One line, its facts shortened when it is too long, or left out when they are too many. */
function lineOf(head: object, facts: Readonly<Record<string, unknown>>): string {
  const whole = JSON.stringify({ ...head, ...facts });
  if (whole.length <= longest) return whole;
  const short = JSON.stringify({ ...head, ...cut(facts) });
  return short.length <= longest ? short : JSON.stringify({ ...head, cut: short.slice(0, 300) });
}

function cut(facts: Readonly<Record<string, unknown>>): Record<string, string> {
  const short = (value: unknown) => JSON.stringify(value)?.slice(0, 300) ?? '';
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, short(value)]));
}
