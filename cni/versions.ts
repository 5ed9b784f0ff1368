/** The versions of the CNI specification, oldest first. */
export const specVersions = [
  '0.1.0',
  '0.2.0',
  '0.3.0',
  '0.3.1',
  '0.4.0',
  '1.0.0',
  '1.1.0',
] as const;

export type SpecVersion = (typeof specVersions)[number];

/** Whether a version is one we know. */
export function isSpecVersion(text: string): text is SpecVersion {
  return specVersions.some((version) => version === text);
}

/** Whether a version is as new as another, or newer. */
export function atLeast(version: SpecVersion, other: SpecVersion): boolean {
  return specVersions.indexOf(version) >= specVersions.indexOf(other);
}
