import { toCniError } from './error.ts';
import { withoutKey } from './keys.ts';
import type { Call, Plugin } from './plugin.ts';
import { printResult } from './print-result.ts';
import { type RequestSource, readRequest } from './request.ts';
import type { Result } from './result.ts';
import { type SpecVersion, specVersions } from './versions.ts';

/** What running a plugin takes of the process it runs in. */
export interface Io extends RequestSource {
  /** Throws when not all of it could be written. */
  readonly writeStdout: (text: string) => void;
  /** Never throws. */
  readonly writeStderr: (text: string) => void;
}

/** A plugin to run: made only when a request is there that it must serve. */
interface Runnable {
  readonly name: string;
  /** The version of the suite. */
  readonly version: string;
  /** How long stdin may take, in milliseconds. */
  readonly stdinTimeout: number;
  /** Makes the plugin for a call that has been read. */
  readonly make: (call: Call) => Promise<Plugin>;
  /** Is told what an error is answered with, for the log. */
  readonly failed?: (errorCode: number) => void;
  /** Called before what was done is undone: from here on there is time for that alone. */
  readonly turnBack: () => void;
}

const newest: SpecVersion = '1.1.0';

/**
 * Serves one CNI command: reads the request, calls the plugin, prints its result or its error.
 * Gives the exit code: 0, or 1 with an error document on stdout. Where stdout takes no answer, a line on
 * stderr says so, and what ADD did is undone: the runtime cannot know of it. Never throws.
 */
export async function run(io: Io, runnable: Runnable): Promise<0 | 1> {
  const command = io.env['CNI_COMMAND'];
  if (!command) {
    io.writeStderr(
      `CNI ${runnable.name} plugin v${runnable.version}; CNI protocol versions supported: ${specVersions.join(', ')}\n`,
    );
    return 0;
  }
  if (command === 'VERSION') {
    const supported = { cniVersion: newest, supportedVersions: specVersions };
    return answer(io, runnable, `${JSON.stringify(supported)}\n`) ? 0 : 1;
  }
  let cniVersion = newest;
  try {
    const call = await readRequest(io, runnable.stdinTimeout, (version) => {
      cniVersion = version;
    });
    const plugin = await runnable.make(call);
    const result = await callPlugin(plugin, call);
    if (!result) return 0;
    const document = JSON.stringify(printResult(result, call.version), null, 2);
    if (answer(io, runnable, `${document}\n`)) return 0;
    runnable.turnBack();
    await takeBack(io, runnable, plugin, call);
    return 1;
  } catch (error) {
    runnable.failed?.(toCniError(error).code);
    answer(io, runnable, printError(error, cniVersion));
    return 1;
  }
}

/** Writes an answer to stdout; where that cannot be, says so on stderr. Gives whether it was written. */
function answer(io: Io, runnable: Runnable, text: string): boolean {
  try {
    io.writeStdout(text);
    return true;
  } catch (error) {
    io.writeStderr(
      `${runnable.name}: the answer cannot be written: ${toCniError(error).message}\n`,
    );
    return false;
  }
}

/** Undoes an ADD whose result nobody got, as the runtime would with DEL. */
async function takeBack(io: Io, runnable: Runnable, plugin: Plugin, call: Call): Promise<void> {
  try {
    // A prevResult of ADD is that of the plugins before this one.
    const config = withoutKey(call.config, 'prevResult');
    await plugin.DEL({ ...call, command: 'DEL', config });
  } catch (error) {
    const { message } = toCniError(error);
    io.writeStderr(`${runnable.name}: what ADD did cannot be undone, DEL will: ${message}\n`);
  }
}

/** How long an error's texts may be, in characters: they end up in events and logs of the runtime. */
const longest = { msg: 2_000, details: 16_000 };

function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit)} … and ${text.length - limit} characters more`;
}

/** The document that answers an error (SPEC.md, section 5), with a line break at its end. */
export function printError(error: unknown, cniVersion: SpecVersion): string {
  const { code, details, message } = toCniError(error);
  const document = {
    cniVersion,
    code,
    msg: shortened(message, longest.msg),
    details: shortened(details, longest.details) || undefined,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Calls the function of a plugin that a call asks for. Only ADD gives a result. */
export async function callPlugin(plugin: Plugin, call: Call): Promise<Result | undefined> {
  return (await plugin[call.command](call)) ?? undefined;
}
