import { exit, OperatorError } from '../exit.ts';

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90m`, `24h`, `7d` ago, or a time (ISO 8601), in milliseconds since 1970. Throws OperatorError. */
export function timeSince(text: string, now: number): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (units[unit] ?? 0);
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new OperatorError(
    exit.usage,
    `--since ${text} is no time: 90m, 24h, 7d, or 2026-01-31T08:00Z`,
  );
}

/** The lines of a log from a time on. A line that does not tell its time goes with the one before it. */
export function linesSince(text: string, since: number): string {
  let isIn = false;
  return text
    .split(/(?<=\n)/)
    .filter((line) => {
      // As the log writes it, at the line's head.
      const time = Date.parse(/^\{"time":"([^"]{10,40})"/.exec(line)?.[1] ?? '');
      if (!Number.isNaN(time)) isIn = time >= since;
      return isIn;
    })
    .join('');
}
