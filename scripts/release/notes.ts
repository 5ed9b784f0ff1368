/**
 * What a changelog says of one version (Keep a Changelog: a heading `## <version> - <date>`), for the page of
 * its release. Throws where it says nothing.
 */
export function notesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^(?=## )/m);
  const own = sections.find((section) => section.startsWith(`## ${version} - `));
  const notes = own?.replace(/^.*\n/, '').trim();
  if (!notes) throw new Error(`CHANGELOG.md says nothing of ${version}`);
  return `${notes}\n`;
}

/** Throws where a tag is not that of a version: `v` and the version. */
export function checkTag(tag: string, version: string): void {
  if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, and package.json says ${version}`);
}
