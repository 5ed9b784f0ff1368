import type { Plugin } from '../cni/plugin.ts';
import type { AttachDeps } from './attach/deps.ts';
import type { Mode } from './attach/modes.ts';

type Maker = (deps: AttachDeps) => Promise<Plugin>;

/** A Windows plugin is its row of the table of modes. */
function windows(choose: (table: typeof import('./attach/modes.ts').modes) => Mode): Maker {
  return async (deps) => {
    const { modes } = await import('./attach/modes.ts');
    const { windowsPlugin } = await import('./attach/windows-plugin.ts');
    return windowsPlugin(choose(modes), deps);
  };
}

/** Every plugin of the suite. A plugin's code is loaded when it is called, not before. */
const makers: Readonly<Record<string, Maker>> = {
  flannel: async ({ delegate, host }) =>
    (await import('./flannel/index.ts')).flannel(host, delegate),
  'win-bridge': windows((table) => table.bridge),
  'win-overlay': windows((table) => table.overlay),
  'win-transparent': windows((table) => table.transparent),
  nat: windows((table) => table.nat),
  sdnbridge: windows((table) => table.sdnBridge),
  sdnoverlay: windows((table) => table.sdnOverlay),
  'host-local': async ({ host }) => (await import('../ipam/host-local/plugin.ts')).hostLocal(host),
};

/** The names of the plugins: each is an executable. */
export const pluginNames: readonly string[] = Object.keys(makers);

/** Makes the plugin of a name, or gives undefined when we have none of that name. */
export async function pluginNamed(name: string, deps: AttachDeps): Promise<Plugin | undefined> {
  return Object.hasOwn(makers, name) ? makers[name]?.(deps) : undefined;
}
