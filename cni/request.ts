import { inSeconds } from '../system/deadline.ts';
import { type Command, commandRule, commands, isCommand } from './commands.ts';
import { CniError, code, invalidConfig } from './error.ts';
import { identifierRule, interfaceProblem, isIdentifier } from './identifiers.ts';
import { parseJsonObject } from './json.ts';
import type { JsonObject } from './json-object.ts';
import { keyValue } from './keys.ts';
import type { Call } from './plugin.ts';
import { withPlainLists } from './powershell-lists.ts';
import { atLeast, isSpecVersion, type SpecVersion, specVersions } from './versions.ts';

/** The environment and the standard input of a command, not yet looked at. */
export interface RequestSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `:` or, on Windows, `;`. */
  readonly pathDelimiter: string;
  /**
   * Reads standard input, so many bytes of it; at most once. Undefined when its end does not come in so
   * many milliseconds.
   */
  readonly readStdin: (
    limit: number,
    timeout: number,
  ) => Uint8Array | Promise<Uint8Array | undefined>;
}

/** The list that GC is given grows with the pods: 14,000 attachments are over 1 MiB. What is longer must not fill the memory. */
const stdinLimit = 16 * 2 ** 20;

/**
 * Reads a request and validates all of it: from here on, identifiers are safe in paths and names.
 * Throws code 4 for the environment, 6 for undecodable stdin, 7 for a wrong name, 1 for versions.
 * @param timeout how long stdin may take, in milliseconds
 * @param learnVersion called with the configuration's version, in which later errors are answered
 */
export async function readRequest(
  source: RequestSource,
  timeout: number,
  learnVersion: (version: SpecVersion) => void = () => {},
): Promise<Call> {
  const { env } = source;
  const command = readCommand(env['CNI_COMMAND'] ?? '');
  assertVariables(command, env);
  const { ofAttachment } = commandRule(command);
  const containerId = ofAttachment ? readContainerId(env['CNI_CONTAINERID'] ?? '') : '';
  const ifName = ofAttachment ? readInterfaceName(env['CNI_IFNAME'] ?? '') : '';
  const stdin = await source.readStdin(stdinLimit + 1, timeout);
  const config = stdin ? readConfig(stdin) : throwUnfinished(timeout);
  const version = readVersion(config);
  learnVersion(version);
  const network = readNetworkName(config);
  assertCommandIn(command, version);
  return {
    command,
    containerId,
    ifName,
    netns: env['CNI_NETNS'] ?? '',
    args: readArgs(env['CNI_ARGS'] ?? ''),
    path: (env['CNI_PATH'] ?? '').split(source.pathDelimiter).filter((folder) => folder !== ''),
    version,
    network,
    config,
  };
}

function readCommand(text: string): Command {
  if (isCommand(text)) return text;
  throw new CniError(
    code.invalidEnvironment,
    `unknown CNI_COMMAND: ${JSON.stringify(text.slice(0, 80))}`,
    `known are ${Object.keys(commands).join(', ')} and VERSION`,
  );
}

function assertVariables(command: Command, env: RequestSource['env']): void {
  const missing = commandRule(command).variables.filter((name) => !env[name]);
  if (missing.length === 0) return;
  throw new CniError(
    code.invalidEnvironment,
    `required env variables [${missing.join(',')}] missing`,
    `CNI_COMMAND ${command} needs them all; the container runtime sets them`,
  );
}

function readContainerId(text: string): string {
  if (isIdentifier(text)) return text;
  throw new CniError(
    code.invalidEnvironment,
    `CNI_CONTAINERID is invalid: ${JSON.stringify(text.slice(0, 200))}`,
    identifierRule,
  );
}

function readInterfaceName(text: string): string {
  const problem = interfaceProblem(text);
  if (problem === undefined) return text;
  throw new CniError(
    code.invalidEnvironment,
    `CNI_IFNAME ${problem}: ${JSON.stringify(text.slice(0, 200))}`,
    'the usual name is eth0',
  );
}

function readConfig(bytes: Uint8Array): JsonObject {
  if (bytes.length > stdinLimit) {
    throw new CniError(
      code.decoding,
      `the network configuration on stdin is over ${stdinLimit / 2 ** 20} MiB`,
    );
  }
  return withPlainLists(parseJsonObject(bytes, 'the network configuration on stdin'));
}

function throwUnfinished(timeout: number): never {
  throw new CniError(
    code.decoding,
    `the network configuration on stdin did not end within ${inSeconds(timeout)}`,
    'whoever starts the plugin writes the configuration and closes the pipe; it is still open',
  );
}

/** The version of the specification that a configuration is written in. Throws code 1. */
export function readVersion(config: JsonObject): SpecVersion {
  // Before 0.2.0 there was no such key (SPEC.md).
  const given = keyValue(config, 'cniVersion') ?? '';
  if (given === '') return '0.1.0';
  if (typeof given === 'string' && isSpecVersion(given)) return given;
  throw new CniError(
    code.incompatibleVersion,
    `incompatible CNI version: config is ${JSON.stringify(given).slice(0, 80)}, plugin supports ${JSON.stringify(specVersions)}`,
    'set "cniVersion" in the configuration to one of those',
  );
}

/** The name of the network that a configuration is of. Throws code 7. */
export function readNetworkName(config: JsonObject): string {
  const name = keyValue(config, 'name');
  if (typeof name === 'string' && isIdentifier(name)) return name;
  const missing = name === undefined || name === '';
  throw invalidConfig(
    'name',
    missing ? 'missing network name' : `not a network name: ${JSON.stringify(name).slice(0, 200)}`,
    identifierRule,
  );
}

function assertCommandIn(command: Command, version: SpecVersion): void {
  const { since } = commandRule(command);
  if (atLeast(version, since)) return;
  throw new CniError(
    code.incompatibleVersion,
    `config version does not allow ${command}: it is ${version}`,
    `${command} came with ${since}: raise "cniVersion"`,
  );
}

/** CNI_ARGS: `KEY=VALUE;KEY=VALUE`. Throws code 4 for a pair without a key. */
function readArgs(text: string): Record<string, string> {
  // Unknown keys are kept, with or without IgnoreUnknown: each plugin takes those it knows.
  const args: [string, string][] = text
    .split(';')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals > 0) return [pair.slice(0, equals), pair.slice(equals + 1)];
      throw new CniError(
        code.invalidEnvironment,
        `CNI_ARGS: invalid pair ${JSON.stringify(pair.slice(0, 80))}`,
        'pairs are written KEY=VALUE, with ";" between them',
      );
    });
  return Object.fromEntries(args);
}
