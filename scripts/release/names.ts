/** The files of a release, by the names that operators' scripts know (docs/releasing.md). */
export function releaseNames(version: string) {
  const tag = `v${version}`;
  return {
    /** All names as hard links to one file: extracted as a whole. */
    windows: `wincni-windows-amd64-${tag}.tgz`,
    /** The reference's names as whole files: each can be extracted alone. */
    windowsSingly: `cni-plugins-wincni-windows-amd64-${tag}.tgz`,
    windowsZip: `wincni-windows-amd64-${tag}.zip`,
    windowsBare: 'wincni-amd64.exe',
    /** With a node to try it on. */
    linux: `wincni-linux-amd64-${tag}.tgz`,
    /** The pages, and what they lead to, in the folders that they lead to. */
    docs: `wincni-docs-${tag}.tgz`,
    sbom: `wincni-${tag}.cdx.json`,
    sums: 'SHA256SUMS',
  } as const;
}

/** Those with sums of their own beside them, as the reference's release has them. */
export function isArchive(name: string): boolean {
  return /\.(?:tgz|zip)$/.test(name);
}
