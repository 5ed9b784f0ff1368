/** Whether a folder's name is a version's. */
export function isVersion(name: string): boolean {
  return /^\d+\.\d+\.\d+/.test(name);
}

/** Whether a version is older than another: 0.9.1 than 0.10.0, 1.0.0-rc.1 than 1.0.0 (semver.org, 11). */
export function isOlder(one: string, other: string): boolean {
  const [core = '', pre] = split(one);
  const [otherCore = '', otherPre] = split(other);
  const order = compare(core, otherCore);
  if (order !== 0) return order < 0;
  if (pre === undefined || otherPre === undefined)
    return pre !== undefined && otherPre === undefined;
  return compare(pre, otherPre) < 0;
}

const split = (version: string) => {
  const [whole = ''] = version.split('+');
  const at = whole.indexOf('-');
  return at < 0 ? [whole] : [whole.slice(0, at), whole.slice(at + 1)];
};

function compare(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
