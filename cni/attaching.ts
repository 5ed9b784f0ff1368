/**
 * The plugins of this suite that attach pods. None of them gives addresses: as `ipam.type` each would call
 * itself, without end.
 */
export const attachingPlugins = [
  'flannel',
  'win-bridge',
  'win-overlay',
  'win-transparent',
  'nat',
  'sdnbridge',
  'sdnoverlay',
] as const;

/** Whether a name is that of such a plugin. */
export function isAttaching(name: string): boolean {
  return attachingPlugins.some((known) => known === name);
}
