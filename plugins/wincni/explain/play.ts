import { dirname } from 'node:path';
import type { JsonObject } from '../../../cni/json-object.ts';
import { keyValue, withKey } from '../../../cni/keys.ts';
import { exit, OperatorError } from '../exit.ts';
import type { Operator } from '../operator.ts';
import { assumedInWords, assumedNetwork } from './assumed.ts';
import { type PluginConfig, pluginConfigIn } from './configuration.ts';
import type { Explanation } from './explanation.ts';
import { type AssumedSandbox, assumedModel, madeUpNamespace } from './model.ts';
import type { Play } from './rehearsal.ts';
import { keptAnswer } from './runtime-cache.ts';

export interface ExplainOptions {
  readonly json?: boolean | undefined;
  readonly conf?: string | undefined;
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
export function playOf(operator: Operator, options: ExplainOptions) {
  const { command = 'ADD', container = 'explain', ifname = 'eth0', offline = false } = options;
  const conf = options.conf ?? '-';
  const read = pluginConfigIn(bytesOf(operator, options.conf), conf === '-' ? 'stdin' : conf);
  const pod = { container, ifname };
  const written =
    options.subnetEnv === undefined
      ? read
      : { ...read, config: withKey(read.config, 'subnetFile', options.subnetEnv) };
  const kept =
    command === 'DEL' || command === 'CHECK' ? keptOf(operator, written, pod) : undefined;
  const isMadeUp = options.netns === undefined && command === 'ADD';
  const netns = isMadeUp ? madeUpNamespace : (options.netns ?? kept?.netns ?? '');
  const network = offline ? assumedNetwork(operator.machine.files, written) : undefined;
  const assumed: AssumedSandbox = {
    ...(isMadeUp ? { namespace: netns } : {}),
    ...(isDockers(netns) ? { container } : {}),
    ...(offline && !isDockers(netns) && netns !== '' ? { namespace: netns } : {}),
  };
  const play: Play = {
    plugin: written.plugin,
    config: configFor(command, written.config, options, kept?.prevResult),
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
  };
  const said: Pick<Explanation, 'conf' | 'offline' | 'assumed'> & { readonly notes: string[] } = {
    conf: conf === '-' ? 'stdin' : conf,
    offline,
    assumed: [
      ...(isMadeUp ? [`the namespace ${netns} is there, for --netns is not given`] : []),
      ...(assumed.container === undefined ? [] : [`HCS knows the container ${container}`]),
      ...(offline
        ? [
            assumedInWords(network),
            "HNS's version is the newest: it has whatever is asked (--offline)",
          ]
        : []),
    ],
    notes: [
      ...written.notes,
      ...(kept ? [`prevResult is what the runtime keeps in ${kept.path}`] : []),
    ],
  };
  return { play, said };
}

const isDockers = (netns: string) => netns === 'none' || netns.startsWith('container:');

function bytesOf({ machine, readStdin }: Operator, conf: string | undefined): Uint8Array {
  if (conf === undefined) {
    throw new OperatorError(exit.usage, '--conf names the configuration; - is stdin', [
      'wincni explain --conf 10-flannel.conflist',
    ]);
  }
  if (conf === '-') return readStdin();
  try {
    return Buffer.from(machine.files.read(conf));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OperatorError(exit.usage, `${conf} cannot be read: ${why}`, [], { cause: error });
  }
}

/** What the runtime keeps of an ADD, where the configuration has no prevResult of its own. */
function keptOf(
  { machine }: Operator,
  { config }: PluginConfig,
  pod: { readonly container: string; readonly ifname: string },
) {
  const name = keyValue(config, 'name');
  if (typeof name !== 'string' || keyValue(config, 'prevResult') !== undefined) return undefined;
  return keptAnswer(machine.files, { ...pod, network: name });
}

function configFor(
  command: Command,
  config: JsonObject,
  { valid }: ExplainOptions,
  prevResult: JsonObject | undefined,
): JsonObject {
  const withResult = prevResult ? withKey(config, 'prevResult', prevResult) : config;
  if (command !== 'GC' || valid === undefined) return withResult;
  const attachments = valid
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const [containerID, ifname = 'eth0'] = text.split('/');
      return { containerID, ifname };
    });
  return withKey(withResult, 'cni.dev/valid-attachments', attachments);
}
