import { isAbsolute, join } from 'node:path';
import type { Host } from '../system/host.ts';
import { type ChildRun, runChild } from '../system/processes.ts';
import { CniError, code, toCniError } from './error.ts';
import { isIdentifier } from './identifiers.ts';
import { parseJsonObject } from './json.ts';
import { keyValue, withKey } from './keys.ts';
import type { Call, Delegate, JsonObject, Plugin } from './plugin.ts';
import type { Result } from './result.ts';
import { readResult } from './result-versions.ts';
import { callPlugin } from './run.ts';

/** How long a delegate may take, in milliseconds: less than the runtimes wait for a whole pod. */
const patience = 110_000;

export interface DelegateDeps {
  readonly host: Host;
  /** One of our own plugins by name, or undefined. */
  readonly own: (type: string) => Promise<Plugin | undefined>;
  readonly deadlineMs?: number;
}

/**
 * Calls another plugin (SPEC.md, section 4): one of ours in this process, any other as an
 * executable from CNI_PATH, with this process's environment and the call's own CNI_ variables. Its
 * error is passed on with its code. Throws code 120 when there is none of that type.
 */
export function delegateTo(deps: DelegateDeps): Delegate {
  return async (type, call) => {
    if (!isIdentifier(type)) {
      throw new CniError(
        code.invalidConfig,
        `not a plugin's type: ${JSON.stringify(type.slice(0, 200))}`,
        'a type is the name of an executable in CNI_PATH, without folder',
      );
    }
    const config = withKey(call.config, 'cniVersion', call.version);
    const own = await deps.own(type);
    if (own) return callPlugin(own, { ...call, config });
    return callExecutable(deps, type, { ...call, config });
  };
}

async function callExecutable(
  deps: DelegateDeps,
  type: string,
  call: Call,
): Promise<Result | undefined> {
  const { host } = deps;
  const file = findExecutable(host, type, call.path);
  const started = host.clock.now();
  const done = await runChild({
    file,
    input: JSON.stringify(call.config),
    env: { ...host.env, ...cniVariables(host, call) },
    deadlineMs: deps.deadlineMs ?? patience,
    systemRoot: host.platform === 'win32' ? (host.env['SystemRoot'] ?? 'C:\\Windows') : undefined,
    sleep: host.clock.sleep,
  });
  host.log('delegate', {
    type,
    command: call.command,
    exitCode: done.exitCode,
    failure: done.failure,
    ms: host.clock.now() - started,
  });
  if (done.failure !== undefined || done.exitCode !== 0) throw failureOf(type, call, done);
  return call.command === 'ADD' ? answerOf(type, done) : undefined;
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

function errorDocument(stdout: string): CniError | undefined {
  let document: JsonObject;
  try {
    document = parseJsonObject(Buffer.from(stdout), 'an error');
  } catch {
    return undefined;
  }
  const number = keyValue(document, 'code');
  const msg = keyValue(document, 'msg');
  const details = keyValue(document, 'details');
  // A code is a uint in Go, and 0 is no error's.
  if (!Number.isInteger(number) || typeof number !== 'number' || number < 1) return undefined;
  if (number > 0xffffffff || typeof msg !== 'string') return undefined;
  return new CniError(number, msg, typeof details === 'string' ? details : '');
}
