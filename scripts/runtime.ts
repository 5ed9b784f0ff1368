import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What libcni does between a network's configuration and its executables, and no more. */

export interface PluginRun {
  readonly command: string;
  readonly plugin: string;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export interface Attachment {
  readonly containerId: string;
  readonly netns: string;
  readonly ifName: string;
  /** What the runtime offers; the plugin gets what its `capabilities` ask for. */
  readonly runtimeConfig?: Readonly<Record<string, unknown>>;
}

export interface Conflist {
  readonly cniVersion: string;
  readonly name: string;
  readonly plugins: readonly Readonly<Record<string, unknown>>[];
}

/** Reads a `.conflist`. */
export function readConflist(path: string): Conflist {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** A request's configuration, derived as SPEC.md, section 3 says. */
export function requestConfig(
  list: Conflist,
  plugin: Readonly<Record<string, unknown>>,
  extra: Readonly<Record<string, unknown>>,
  offered: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { capabilities, ...rest } = plugin;
  const wanted = typeof capabilities === 'object' && capabilities !== null ? capabilities : {};
  const granted = Object.entries(offered).filter(
    ([name]) => new Map(Object.entries(wanted)).get(name) === true,
  );
  return {
    ...rest,
    cniVersion: list.cniVersion,
    name: list.name,
    ...(granted.length > 0 ? { runtimeConfig: Object.fromEntries(granted) } : {}),
    ...extra,
  };
}

/** Runs one executable as a runtime does: its configuration on stdin, the rest in CNI_ variables. */
export function runPlugin(options: {
  readonly folder: string;
  readonly command: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly attachment?: Attachment;
}): PluginRun {
  const { attachment, command, config, folder } = options;
  const plugin = String(config['type']);
  const stdin = `${JSON.stringify(config, null, 2)}\n`;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const run = spawnSync(join(folder, plugin + suffix), [], {
    input: stdin,
    encoding: 'utf8',
    env: {
      ...process.env,
      ...options.env,
      CNI_COMMAND: command,
      CNI_PATH: [folder].join(delimiter),
      ...(attachment
        ? {
            CNI_CONTAINERID: attachment.containerId,
            CNI_NETNS: attachment.netns,
            CNI_IFNAME: attachment.ifName,
          }
        : {}),
    },
  });
  if (run.error) throw run.error;
  return { command, plugin, stdin, stdout: run.stdout, stderr: run.stderr, exitCode: run.status };
}
