import type { Log } from './host.ts';
import type { Call } from './plugin.ts';

/** The longest line written: what HNS answers can be long, and a log is for reading. */
const longest = 8192;

/** Where a command's steps go, once it is known. */
export interface StepLog {
  readonly log: Log;
  /** Tells the log whose steps these are, and where the configuration wants them. */
  about(call: Call): void;
}

/**
 * The log of one command: a JSON object a line, appended to WINCNI_LOG_FILE or to `logFile` of the
 * configuration, if either is there. A log that cannot be written never fails a command.
 */
export function openLog(options: {
  readonly plugin: string;
  readonly file: string | undefined;
  readonly pid: number;
  readonly now: () => number;
  readonly append: (file: string, text: string) => void;
}): StepLog {
  let file = options.file;
  let subject: Readonly<Record<string, string>> = {};
  return {
    log(step, facts = {}) {
      if (!file) return;
      const line = {
        time: new Date(options.now()).toISOString(),
        pid: options.pid,
        plugin: options.plugin,
        ...subject,
        step,
        ...facts,
      };
      try {
        const text = JSON.stringify(line);
        const short = text.length <= longest ? text : JSON.stringify({ ...line, ...cut(facts) });
        options.append(file, `${short}\n`);
      } catch {
        // The pod's network matters more than its log.
      }
    },
    about(call) {
      subject = { command: call.command, container: call.containerId, network: call.network };
      const wanted = call.config['logFile'];
      if (!file && typeof wanted === 'string' && wanted !== '') file = wanted;
    },
  };
}

function cut(facts: Readonly<Record<string, unknown>>): Record<string, string> {
  const short = (value: unknown) => JSON.stringify(value)?.slice(0, 300) ?? '';
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, short(value)]));
}
