import { delegateTo } from '../cni/delegate.ts';
import { keyValue } from '../cni/keys.ts';
import type { Plugin } from '../cni/plugin.ts';
import { type Io, run } from '../cni/run.ts';
import type { OpenHns } from '../hns-bridge/open.ts';
import type { Host } from '../system/host.ts';
import { openLog } from '../system/log.ts';
import type { AttachDeps } from './attach/deps.ts';
import { pluginNamed } from './registry.ts';

/** What serving a command takes of the process, beside its streams. */
export interface Surroundings extends Omit<Host, 'log'> {
  /** Of the suite. */
  readonly version: string;
  readonly append: (file: string, text: string) => void;
}

/** Serves one command as the plugin of a name, all parts put together. Gives the exit code. */
export async function serve(name: string, io: Io, surroundings: Surroundings): Promise<0 | 1> {
  const { append, clock, env, pid, version } = surroundings;
  const file = env['WINCNI_LOG_FILE'];
  const steps = openLog({ plugin: name, file, pid, now: clock.now, append });
  const host: Host = { ...surroundings, log: steps.log };
  let hns: Promise<OpenHns> | undefined;
  const openHns = async () => {
    const bridge = await import('../hns-bridge/open.ts');
    return bridge.openHns(host);
  };
  const own = (type: string): Promise<Plugin | undefined> => pluginNamed(type, deps);
  const deps: AttachDeps = {
    host,
    openHns: () => {
      hns ??= openHns();
      return hns;
    },
    delegate: delegateTo({ host, own }),
  };
  const exitCode = await run(io, {
    name,
    version,
    make: async (call) => {
      const { command, config, containerId, network } = call;
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
  return exitCode;
}
