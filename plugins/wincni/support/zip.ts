import { strToU8, zipSync } from 'fflate/browser';
import type { Failure, Item } from './bundle.ts';
import { redacted } from './secret-names.ts';

/** An item as the manifest has it. */
export interface Listed {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  /** How many secrets were taken out. */
  readonly redacted: number;
}

/** What is in the bundle: its last file, and what the command says. */
export interface Manifest {
  readonly schema: 1;
  /** Of the suite that made it. */
  readonly wincni: string;
  readonly at: string;
  readonly hostname: string;
  /** Since when the log is there; null where all of it is. */
  readonly since: string | null;
  readonly items: readonly Listed[];
  readonly failed: readonly Failure[];
}

/** Lists items. */
export function listed(
  items: readonly Item[],
  sha256: (bytes: Uint8Array) => string,
): readonly Listed[] {
  return items.map(({ name, text }) => {
    const bytes = strToU8(text);
    return {
      name,
      size: bytes.length,
      sha256: sha256(bytes),
      redacted: text.split(redacted).length - 1,
    };
  });
}

/** The bundle's bytes: all items, and the manifest. */
export function zipped(items: readonly Item[], manifest: Manifest): Uint8Array {
  const files = [
    ...items,
    { name: 'manifest.json', text: `${JSON.stringify(manifest, null, 2)}\n` },
  ];
  // A zip has no time before 1980.
  const mtime = Math.max(Date.parse(manifest.at), Date.UTC(1980, 0, 2));
  return zipSync(Object.fromEntries(files.map(({ name, text }) => [name, strToU8(text)])), {
    mtime,
  });
}
