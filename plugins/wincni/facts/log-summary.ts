import * as z from 'zod/mini';
import { defined } from '../../../system/defined.ts';
import type { Files } from '../../../system/host.ts';
import { once } from '../../../system/once.ts';
import type { Facts } from './facts.ts';

type LogSummary = NonNullable<Facts['log']>;

/** The step that tells a command's end (serve.ts). */
const ended = once(() =>
  z.object({ time: z.string(), step: z.literal('ended'), ms: z.number(), code: z.number() }),
);

const timed = once(() => z.object({ time: z.string() }));

/**
 * What our log tells of commands: this one, and the one before it, which the log becomes at its limit
 * (system/log-file.ts). Throws the operating system's error where there is none.
 */
export function logSummary(files: Files, path: string): LogSummary {
  const now = files.read(path);
  let before = '';
  try {
    before = files.read(`${path}.1`);
  } catch {
    // It has not been full yet.
  }
  return summaryOf(path, [...before.split('\n'), ...now.split('\n')]);
}

/** The summary of lines; what is no line of ours is passed over. */
export function summaryOf(path: string, lines: readonly string[]): LogSummary {
  const times: number[] = [];
  const failures: Record<string, number> = {};
  for (const line of lines) {
    // Most lines tell something else: they are not parsed.
    if (!line.includes('"step":"ended"')) continue;
    const { data } = z.safeParse(ended(), parsed(line));
    if (!data) continue;
    times.push(data.ms);
    if (data.code !== 0) failures[data.code] = (failures[data.code] ?? 0) + 1;
  }
  times.sort((one, other) => one - other);
  return defined({
    path,
    commands: times.length,
    p50: rankOf(times, 0.5),
    p95: rankOf(times, 0.95),
    failures,
    from: timeIn(lines),
    to: timeIn(lines.toReversed()),
  });
}

/** The nearest rank: the smallest that so many are no longer than. */
function rankOf(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** The time of the first line that has one. */
function timeIn(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const { data } = line === '' ? {} : z.safeParse(timed(), parsed(line));
    if (data) return data.time;
  }
  return undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
