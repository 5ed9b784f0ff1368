import { attachingPlugins } from '../cni/attaching.ts';
import type { Plugin } from '../cni/plugin.ts';
import type { AttachDeps } from './attach/deps.ts';
import { modeNamed } from './attach/modes.ts';

/** The names of the plugins: each is an executable. */
export const pluginNames: readonly string[] = [...attachingPlugins, 'host-local'];

/**
 * Makes the plugin of a name, or gives undefined when we have none of that name. A plugin's code is
 * loaded when it is called, not before.
 */
export async function pluginNamed(name: string, deps: AttachDeps): Promise<Plugin | undefined> {
  if (name === 'flannel') {
    return (await import('./flannel/index.ts')).flannel(deps.host, deps.delegate);
  }
  if (name === 'host-local') {
    return (await import('../ipam/host-local/plugin.ts')).hostLocal(deps.host);
  }
  const mode = modeNamed(name);
  return mode && (await import('./attach/plugin.ts')).windowsPlugin(mode, deps);
}
