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

/** The commands that act on a network; VERSION only asks about the program. */
export type Command = 'ADD' | 'DEL' | 'CHECK' | 'GC' | 'STATUS';

const since: Readonly<Record<Command, SpecVersion>> = {
  ADD: '0.1.0',
  DEL: '0.1.0',
  CHECK: '0.4.0',
  GC: '1.1.0',
  STATUS: '1.1.0',
};

/** Whether a version is one we know. */
export function isSpecVersion(text: string): text is SpecVersion {
  return specVersions.some((version) => version === text);
}

/** Whether a version is as new as another, or newer. */
export function atLeast(version: SpecVersion, other: SpecVersion): boolean {
  return specVersions.indexOf(version) >= specVersions.indexOf(other);
}

/** The version of the specification a command came with (SPEC.md, section 2). */
export function commandSince(command: Command): SpecVersion {
  return since[command];
}
