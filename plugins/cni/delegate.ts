import { isAbsolute, join } from 'node:path';
import { type ChildRun, runChild } from './child.ts';
import { CniError, code } from './error.ts';
import type { Host } from './host.ts';
import { isPluginType } from './identifiers.ts';
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
    if (!isPluginType(type)) {
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
  });
  host.log('delegate', {
    type,
    command: call.command,
    exitCode: done.exitCode,
    ms: host.clock.now() - started,
  });
  if (done.failure !== undefined || done.exitCode !== 0) throw failureOf(type, call, done);
  if (call.command !== 'ADD') return undefined;
  return readResult(parseJsonObject(Buffer.from(done.stdout), `the answer of plugin ${type}`));
}

function findExecutable(host: Host, type: string, path: readonly string[]): string {
  const names = host.platform === 'win32' ? [`${type}.exe`, type] : [type];
  for (const folder of path) {
    // A relative folder would be looked for wherever the runtime happens to stand.
    if (!isAbsolute(folder)) continue;
    const there = new Set(listFolder(host, folder));
    const name = names.find(
      (candidate) => there.has(candidate.toLowerCase()) || there.has(candidate),
    );
    if (name !== undefined) return join(folder, name);
  }
  throw new CniError(
    code.delegateMissing,
    `failed to find plugin ${JSON.stringify(type)} in path [${path.join(' ')}]`,
    'install it in one of those folders, or correct "type"',
  );
}

function listFolder(host: Host, folder: string): string[] {
  try {
    const names = host.files.list(folder);
    return host.platform === 'win32' ? names.map((name) => name.toLowerCase()) : names;
  } catch {
    // A folder of CNI_PATH that is not there holds no plugin.
    return [];
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
  const said = done.stderr.trim() || done.stdout.trim();
  return new CniError(
    code.delegateFailed,
    `plugin ${type} failed on ${call.command}: ${reason}`,
    said === '' ? 'it said nothing' : said.slice(-2000),
  );
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
  if (typeof number !== 'number' || typeof msg !== 'string') return undefined;
  return new CniError(number, msg, typeof details === 'string' ? details : '');
}
