import { type CommandTime, commandTime } from '../cni/commands.ts';
import { delegateTo } from '../cni/delegate.ts';
import { code, toCniError } from '../cni/error.ts';
import { keyValue } from '../cni/keys.ts';
import type { Plugin } from '../cni/plugin.ts';
import { type Io, printError, run } from '../cni/run.ts';
import type { SpecVersion } from '../cni/versions.ts';
import type { LibraryPaths } from '../hns-bridge/native/libraries.ts';
import type { OpenHns } from '../hns-bridge/open.ts';
import type { Transport } from '../hns-bridge/transport.ts';
import type { HnsWay } from '../hns-bridge/ways.ts';
import { startDeadline } from '../system/deadline.ts';
import type { Exposure } from '../system/folder-rights.ts';
import type { Files, Host, Log } from '../system/host.ts';
import { openLog, type StepLog } from '../system/log.ts';
import type { AttachDeps } from './attach/deps.ts';
import { pluginNamed } from './registry.ts';

/** What serving a command takes of the process, beside its streams. */
export interface Surroundings extends Omit<Host, 'log' | 'deadline'> {
  /** Of the suite. */
  readonly version: string;
  readonly append: (file: string, text: string) => void;
  /** The folders, one and those above it, that others may change; nobody looks, if it is not said. */
  readonly exposed?: (folder: string) => readonly Exposure[];
  /** Other libraries than HNS's own, for tests. */
  readonly libraries?: LibraryPaths | undefined;
  /** When the process started, as the clock's `elapsed` tells it; now, if it is not said. */
  readonly started?: number;
  /** Another time for the command than it has, for tests. */
  readonly time?: CommandTime | undefined;
  /** A way to HNS of a harness's own, in the place of the one that is asked for. */
  readonly transport?: Transport | undefined;
  /** Is told each step, log or no log: for who explains a command. */
  readonly watch?: Log;
  /** Plugins of others, by their types, in the place of executables: for who explains a command. */
  readonly others?: (type: string) => Plugin;
}

/** Serves one command as the plugin of a name, all parts put together. Gives the exit code. */
export async function serve(name: string, io: Io, surroundings: Surroundings): Promise<0 | 1> {
  const { append, clock, env, libraries, pid, transport, version } = surroundings;
  const file = env['WINCNI_LOG_FILE'];
  const steps = openLog({ plugin: name, file, pid, now: clock.now, append });
  const { started = clock.elapsed(), time = commandTime(env['CNI_COMMAND'] ?? '') } = surroundings;
  const deadline = startDeadline(clock, { ...time, started });
  const files = watchedFiles(surroundings, steps);
  const host: Host = { ...surroundings, files, deadline, log: logOf(steps, surroundings.watch) };
  let hns: Promise<OpenHns> | undefined;
  // Of the configuration, once it is read: what HNS is asked for comes after.
  let cniVersion: SpecVersion = '1.1.0';
  const openHns = async (configured: HnsWay | undefined, needs?: 'listings') => {
    const bridge = await import('../hns-bridge/open.ts');
    const answer = (error: Error) => printError(error, cniVersion);
    return bridge.openHns(host, { configured, needs, answer, libraries, transport });
  };
  const own = async (type: string): Promise<Plugin | undefined> =>
    (await pluginNamed(type, deps)) ?? surroundings.others?.(type);
  const deps: AttachDeps = {
    host,
    version,
    openHns: (configured, needs) => {
      hns ??= openHns(configured, needs);
      return hns;
    },
    delegate: delegateTo({ host, own }),
  };
  let failure: number | undefined;
  const exitCode = await run(io, {
    name,
    version,
    failed: (errorCode) => {
      failure = errorCode;
    },
    // The rest is for what the configuration asks for.
    stdinTimeout: deadline.left() / 2,
    turnBack: deadline.turnBack,
    make: async (call) => {
      const { command, config, containerId, network } = call;
      cniVersion = call.version;
      steps.about({ command, container: containerId, network }, keyValue(config, 'logFile'));
      const plugin = await own(name);
      if (!plugin) throw new Error(`no plugin is named ${name}`);
      return plugin;
    },
  });
  // That it could not be opened is the command's error already; there is nothing to close then.
  await hns?.then(
    (opened) => opened.close(),
    () => undefined,
  );
  // What doctor counts commands by. VERSION only asks about the program.
  if (commandOf(env) !== undefined) {
    const ms = Math.round(clock.elapsed() - started);
    steps.log('ended', { ms, code: exitCode === 0 ? 0 : (failure ?? code.io) });
  }
  return exitCode;
}

/** The command that acts on a network, as it was asked for. */
function commandOf(env: Surroundings['env']): string | undefined {
  const command = env['CNI_COMMAND'];
  return command === '' || command === 'VERSION' ? undefined : command;
}

function logOf({ log }: StepLog, watch: Log | undefined): Log {
  if (!watch) return log;
  return (step, facts, whole) => {
    log(step, facts);
    watch(step, facts, whole);
  };
}

/**
 * Files whose folders are looked at when they are made or used, where there is a log to say it in: who
 * else may change them decides what this program does next. It fails no command.
 */
function watchedFiles({ exposed, files }: Surroundings, steps: StepLog): Files {
  if (!exposed) return files;
  const told = new Set<string>();
  return {
    ...files,
    makeFolder(path) {
      files.makeFolder(path);
      if (!steps.isOn()) return;
      try {
        for (const each of exposed(path)) {
          if (!told.has(each.folder)) steps.log('others may change a folder', { ...each });
          told.add(each.folder);
        }
      } catch (error) {
        steps.log('rights of a folder not read', {
          folder: path,
          error: toCniError(error).message,
        });
      }
    },
  };
}
