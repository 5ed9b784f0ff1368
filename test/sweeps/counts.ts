import { appendFileSync } from 'node:fs';

/** What a sweep came to: a line of the table at the end of `npm run test:long`. */
export interface Count {
  readonly sweep: string;
  /** What was done, and how often: `{ inputs: 1000 }`. */
  readonly counts: Readonly<Record<string, number | string>>;
  readonly leftOver: number;
}

/** Tells a count, and writes it where WINCNI_TEST_COUNTS says. */
export function tell(count: Count): void {
  const file = process.env['WINCNI_TEST_COUNTS'];
  if (file) appendFileSync(file, `${JSON.stringify(count)}\n`);
  else process.stdout.write(`${lineOf(count)}\n`);
}

export function lineOf({ counts, leftOver, sweep }: Count): string {
  const parts = Object.entries(counts).map(([what, number]) => `${number} ${what}`);
  return `${sweep}: ${parts.join(', ')}, ${leftOver} left over`;
}
