import { isAbsolute, join } from 'node:path';
import * as z from 'zod/mini';
import { inSeconds } from '../system/deadline.ts';
import type { Host } from '../system/host.ts';
import { type ChildRun, runChild } from '../system/processes.ts';
import { object, parseOnce } from './config.ts';
import { CniError, code, toCniError } from './error.ts';
import { parseJsonObject } from './json.ts';
import type { JsonObject } from './json-object.ts';
import type { Call } from './plugin.ts';
import { readResult } from './read-result.ts';
import type { Result } from './result.ts';

/**
 * How often plugins may have called each other when one more is called. Nobody needs more than two; one
 * that leads back to itself would start processes until the node has no memory.
 */
const deepest = 8;

/** The variable that counts: each plugin of ours hands it on, and whatever it calls does as well. */
const depthVariable = 'WINCNI_DELEGATIONS';

/**
 * Calls a plugin that is an executable, found in the call's CNI_PATH, with this process's environment
 * and the call's own CNI_ variables. The result is there for ADD only. Throws code 120 when it is not
 * found, 121 when it fails without an error of its own or in the time that is left, 7 when the
 * configuration has plugins call each other in a circle, and its own error otherwise.
 */
export async function callExecutable(
  host: Host,
  type: string,
  call: Call,
): Promise<Result | undefined> {
  const { clock } = host;
  const depth = depthOf(host, type);
  const file = findExecutable(host, type, call.path);
  const timeout = host.deadline.share();
  if (timeout === 0) throw notStarted(type, call, host.deadline.total);
  // On Windows: what ends it and its children later is found by SystemRoot, which Windows knows best.
  host.systemFolder?.();
  const started = clock.now();
  const done = await runChild({
    file,
    input: JSON.stringify(call.config),
    env: { ...host.env, ...cniVariables(host, call), [depthVariable]: String(depth) },
    timeout,
    clock,
    kill: host.kill,
  });
  host.log('delegate', {
    type,
    command: call.command,
    exitCode: done.exitCode,
    failure: done.failure,
    ms: clock.now() - started,
  });
  if (done.failure !== undefined || done.exitCode !== 0) throw failureOf(type, call, done);
  // Some plugins end with 0 whatever happened: an error document is an error.
  const error = errorDocument(done.stdout);
  if (error) throw error;
  return call.command === 'ADD' ? answerOf(type, done) : undefined;
}

/** How deep the call to a plugin is. What is no number counts as none: anybody may have set it. */
function depthOf({ env }: Host, type: string): number {
  const before = env[depthVariable] ?? '';
  const depth = (/^\d{1,9}$/.test(before) ? Number(before) : 0) + 1;
  if (depth <= deepest) return depth;
  throw new CniError(
    code.invalidConfig,
    `plugin ${JSON.stringify(type)} is not called: ${depth - 1} plugins have called each other already`,
    `look for an "ipam.type" or a "delegate" that leads back to where it came from; ${depthVariable} in the environment counts`,
  );
}

function findExecutable(host: Host, type: string, path: readonly string[]): string {
  const windows = host.platform === 'win32';
  const fold = (name: string) => (windows ? name.toLowerCase() : name);
  const names = windows ? [`${type}.exe`, type] : [type];
  // A relative folder would be looked for wherever the runtime happens to stand.
  for (const folder of path.filter((entry) => isAbsolute(entry))) {
    const there = new Set(namesIn(host, folder)?.map(fold));
    const files = names.filter((name) => there.has(fold(name))).map((name) => join(folder, name));
    const file = files.find((candidate) => namesIn(host, candidate) === undefined);
    if (file !== undefined) return file;
  }
  throw new CniError(
    code.delegateMissing,
    `failed to find plugin ${JSON.stringify(type)} in path [${path.join(' ')}]`,
    'install it in one of those folders, or correct "type"; relative folders are not searched',
  );
}

/** The names in a folder; undefined for what is none. */
function namesIn(host: Host, folder: string): readonly string[] | undefined {
  try {
    return host.files.list(folder);
  } catch {
    return undefined;
  }
}

function cniVariables(host: Host, call: Call): Record<string, string> {
  const separator = host.platform === 'win32' ? ';' : ':';
  const args = Object.entries(call.args).map(([key, value]) => `${key}=${value}`);
  return {
    CNI_COMMAND: call.command,
    CNI_CONTAINERID: call.containerId,
    CNI_NETNS: call.netns,
    CNI_IFNAME: call.ifName,
    CNI_ARGS: args.join(';'),
    CNI_PATH: call.path.join(separator),
  };
}

/** The result an executable answered ADD with; whatever else it wrote is its failure, not ours. */
function answerOf(type: string, done: ChildRun): Result {
  try {
    return readResult(parseJsonObject(Buffer.from(done.stdout), 'it'));
  } catch (error) {
    const { message } = toCniError(error);
    throw new CniError(
      code.delegateFailed,
      `plugin ${type} answered ADD with no result: ${message}`,
      lastOf(done.stdout, done.stderr),
    );
  }
}

function notStarted(type: string, { command }: Call, total: number): CniError {
  return new CniError(
    code.delegateFailed,
    `plugin ${type} was not started for ${command}: the ${inSeconds(total)} of this command are over`,
    'what was waited for before took too long: see the log',
  );
}

/** What a delegate that failed said: its own error document, or what it left on stderr. */
function failureOf(type: string, call: Call, done: ChildRun): CniError {
  if (done.failure === undefined) {
    const document = errorDocument(done.stdout);
    if (document) return document;
  }
  const reason = done.failure ?? `exit code ${done.exitCode}`;
  return new CniError(
    code.delegateFailed,
    `plugin ${type} failed on ${call.command}: ${reason}`,
    lastOf(done.stderr, done.stdout),
  );
}

/** The end of the first of two texts that says anything: where a program says why it stopped. */
function lastOf(text: string, other: string): string {
  const said = text.trim() || other.trim();
  return said === '' ? 'it said nothing' : said.slice(-2000);
}

/** The error document on a stdout; undefined when there is none. */
function errorDocument(stdout: string): CniError | undefined {
  if (stdout.trim() === '') return undefined;
  const schema = object({
    // A uint in Go, and 0 is no error's.
    code: z.int().check(z.minimum(1), z.maximum(0xffffffff)),
    msg: z.string(),
    details: z.transform((value) => (typeof value === 'string' ? value : undefined)),
  });
  let document: JsonObject;
  try {
    document = parseJsonObject(Buffer.from(stdout), 'an error');
  } catch (error) {
    if (error instanceof CniError) return undefined;
    throw error;
  }
  const { data } = z.safeParse(schema, document, parseOnce);
  return data && new CniError(data.code, data.msg, data.details);
}
