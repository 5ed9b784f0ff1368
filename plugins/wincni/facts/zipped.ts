import { strFromU8, unzipSync } from 'fflate/browser';
import { exit, OperatorError } from '../exit.ts';

/** No document of facts is as long, nor a bundle with one in it, in bytes. */
export const longestFacts = 64 * 1024 * 1024;

/** The name of the facts in a bundle of support's. */
export const factsName = 'facts.json';

/** Whether bytes begin as a zip does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** The text of the facts in a bundle: they alone are unpacked, and no more than there may be. Throws OperatorError. */
export function factsInZip(zip: Uint8Array, path: string): string {
  const noBundle = (why: string) =>
    new OperatorError(exit.usage, `${path} is no bundle of wincni support: ${why}`);
  const filter = (entry: { name: string; originalSize: number }) =>
    entry.name === factsName && entry.originalSize <= longestFacts;
  const facts = unzipped(() => unzipSync(zip, { filter })[factsName], noBundle);
  if (!facts) throw noBundle(`it has no ${factsName}`);
  return textOf(facts);
}

function unzipped<Made>(unzip: () => Made, noBundle: (why: string) => Error): Made {
  try {
    return unzip();
  } catch (error) {
    throw noBundle(error instanceof Error ? error.message : String(error));
  }
}

/** Bytes as UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return strFromU8(bytes);
}
