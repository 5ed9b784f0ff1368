import { toCniError } from './error.ts';
import type { Call, Plugin } from './plugin.ts';
import { printResult } from './print-result.ts';
import { type RequestSource, readRequest } from './request.ts';
import type { Result } from './result.ts';
import { type SpecVersion, specVersions } from './versions.ts';

/** What running a plugin takes of the process it runs in. */
export interface Io extends RequestSource {
  readonly writeStdout: (text: string) => void;
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
}

const newest: SpecVersion = '1.1.0';

/**
 * Serves one CNI command: reads the request, calls the plugin, prints its result or its error.
 * Gives the exit code: 0, or 1 with an error document on stdout. Never throws.
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
    io.writeStdout(`${JSON.stringify({ cniVersion: newest, supportedVersions: specVersions })}\n`);
    return 0;
  }
  let cniVersion = newest;
  try {
    const call = await readRequest(io, runnable.stdinTimeout, (version) => {
      cniVersion = version;
    });
    const result = await callPlugin(await runnable.make(call), call);
    if (result) io.writeStdout(`${JSON.stringify(printResult(result, call.version), null, 2)}\n`);
    return 0;
  } catch (error) {
    io.writeStdout(printError(error, cniVersion));
    return 1;
  }
}

/** The document that answers an error (SPEC.md, section 5), with a line break at its end. */
export function printError(error: unknown, cniVersion: SpecVersion): string {
  const { code, details, message } = toCniError(error);
  const document = { cniVersion, code, msg: message, details: details || undefined };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Calls the function of a plugin that a call asks for. Only ADD gives a result. */
export async function callPlugin(plugin: Plugin, call: Call): Promise<Result | undefined> {
  return (await plugin[call.command](call)) ?? undefined;
}
