import { dirname } from 'node:path';
import type { JsonObject } from '../../../cni/json-object.ts';
import { keyValue, withKey } from '../../../cni/keys.ts';
import { exit, OperatorError } from '../exit.ts';
import type { Operator } from '../operator.ts';
import { assumedInWords, assumedNetwork } from './assumed.ts';
import { type PluginConfig, pluginConfigIn } from './configuration.ts';
import type { Said } from './explanation.ts';
import { configurationFor } from './in-effect.ts';
import { type AssumedSandbox, assumedModel, madeUpNamespace } from './model.ts';
import type { Play } from './rehearsal.ts';
import { type KeptAnswer, keptAnswer } from './runtime-cache.ts';

export interface ExplainOptions {
  readonly conf?: string | undefined;
  readonly confDir?: string | undefined;
  readonly command?: 'ADD' | 'DEL' | 'CHECK' | 'GC' | undefined;
  readonly container?: string | undefined;
  readonly netns?: string | undefined;
  readonly ifname?: string | undefined;
  readonly args?: string | undefined;
  readonly ip?: string | undefined;
  readonly valid?: string | undefined;
  readonly subnetEnv?: string | undefined;
  readonly offline?: boolean | undefined;
}

type Command = NonNullable<ExplainOptions['command']>;

/** The call that is explained, and what is taken for true in it. Reads the configuration. */
export function playOf(
  operator: Operator,
  options: ExplainOptions,
): { readonly play: Play; readonly said: Said } {
  const { command = 'ADD', container = 'explain', ifname = 'eth0', offline = false } = options;
  assertFits(command, options);
  const { bytes, where } = configurationFor(operator, options);
  const read = pluginConfigIn(bytes, where);
  const written =
    options.subnetEnv === undefined
      ? read
      : { ...read, config: withKey(read.config, 'subnetFile', options.subnetEnv) };
  const isOfAttachment = command === 'DEL' || command === 'CHECK';
  const kept = isOfAttachment ? keptOf(operator, written, container, ifname) : undefined;
  const isMadeUp = options.netns === undefined && command === 'ADD';
  const netns = isMadeUp ? madeUpNamespace : (options.netns ?? kept?.netns ?? '');
  if (command === 'CHECK' && netns === '') {
    throw new OperatorError(exit.usage, 'CHECK needs --netns: the runtime keeps none of this pod');
  }
  const network = offline ? assumedNetwork(operator.machine.files, written) : undefined;
  const isDockers = netns === 'none' || netns.startsWith('container:');
  const assumed: AssumedSandbox = isDockers
    ? { container }
    : isMadeUp || offline
      ? { namespace: netns }
      : {};
  return {
    play: {
      plugin: written.plugin,
      config: configFor(command, written.config, options.valid, kept?.prevResult),
      env: {
        CNI_COMMAND: command,
        CNI_CONTAINERID: container,
        CNI_IFNAME: ifname,
        CNI_NETNS: netns,
        CNI_ARGS: options.args ?? '',
        CNI_PATH: dirname(operator.program.file),
      },
      assumed,
      offline: offline ? assumedModel(network, assumed) : undefined,
      ip: options.ip,
    },
    said: {
      conf: where,
      offline,
      assumed: [
        ...(isMadeUp ? [`namespace ${netns} is there: --netns is not given`] : []),
        ...(isDockers ? [`HCS knows the container ${container}`] : []),
        ...(offline ? [assumedInWords(network), 'HNS is of the newest version (--offline)'] : []),
      ],
      notes: [
        ...written.notes,
        ...(kept ? [`prevResult is what the runtime keeps in ${kept.path}`] : []),
      ],
    },
  };
}

function assertFits(command: Command, { ip, valid }: ExplainOptions): void {
  const misplaced =
    valid !== undefined && command !== 'GC'
      ? '--valid is for GC'
      : ip !== undefined && command !== 'ADD'
        ? '--ip is for ADD'
        : undefined;
  if (misplaced !== undefined) throw new OperatorError(exit.usage, misplaced);
}

/** What the runtime keeps of an ADD, where the configuration has no prevResult of its own. */
function keptOf(
  { machine }: Operator,
  { config }: PluginConfig,
  container: string,
  ifname: string,
): KeptAnswer | undefined {
  const network = keyValue(config, 'name');
  if (typeof network !== 'string' || keyValue(config, 'prevResult') !== undefined) return undefined;
  return keptAnswer(machine.files, { container, ifname, network });
}

function configFor(
  command: Command,
  config: JsonObject,
  valid: string | undefined,
  prevResult: JsonObject | undefined,
): JsonObject {
  if (prevResult) return withKey(config, 'prevResult', prevResult);
  if (command !== 'GC' || valid === undefined) return config;
  const attachments = valid
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const [containerID, ifname = 'eth0'] = text.split('/');
      return { containerID, ifname };
    });
  return withKey(config, 'cni.dev/valid-attachments', attachments);
}
