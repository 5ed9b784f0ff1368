import { hex } from '../../hns-bridge/error.ts';

/** Rows of a table of tests that begin with an HRESULT: before it, how a title shows it. */
export function inHex<Rest extends readonly unknown[]>(
  ...rows: readonly (readonly [code: number, ...rest: Rest])[]
): [title: string, code: number, ...rest: Rest][] {
  return rows.map((row) => [hex(row[0]), ...row]);
}
