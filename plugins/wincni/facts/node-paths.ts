/**
 * Paths of a node, which may be Windows' while this system is another: facts of a node are looked at
 * elsewhere, and `--root` holds its files.
 */

/** The path of a name in a folder, with the separator that the folder has. */
export function joined(folder: string, name: string): string {
  const separator = separatorOf(folder);
  return /[\\/]$/.test(folder) ? `${folder}${name}` : `${folder}${separator}${name}`;
}

/** The folder that a path is in; the path itself for a root. */
export function folderOf(path: string): string {
  const bare = path.replace(/[\\/]+$/, '');
  const at = Math.max(bare.lastIndexOf('/'), bare.lastIndexOf('\\'));
  if (at < 0) return path;
  const above = bare.slice(0, at);
  return above === '' || /^[a-z]:$/i.test(above) ? bare.slice(0, at + 1) : above;
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? '';
}

/** What two paths of Windows have in common that name the same: in whatever letters, with whatever slashes. */
export function pathKey(path: string): string {
  return path.replaceAll('/', '\\').replace(/\\+$/, '').toLowerCase();
}

/** Whether two paths of Windows name the same. */
export function isSamePath(one: string, other: string): boolean {
  return pathKey(one) === pathKey(other);
}

/** Whether a path says by itself where it is: from a drive, from a share, or from a root. */
export function isWhole(path: string): boolean {
  return /^(?:[a-z]:[\\/]|[\\/])/i.test(path);
}

/**
 * A path as a plugin of a Windows node means it: from a root without a drive it is on the drive that the
 * runtime stands on, which is the system's.
 */
export function onDrive(path: string, drive: string | undefined): string {
  if (drive === undefined || !/^[\\/](?![\\/])/.test(path)) return path;
  return `${drive}${path}`;
}

function separatorOf(folder: string): string {
  return folder.includes('\\') || /^[a-z]:/i.test(folder) ? '\\' : '/';
}
