import { isJsonObject } from '../../cni/json-object.ts';

/** What the log steps of times are called in words. */
const told: Readonly<Record<string, string>> = {
  ended: 'a command, from its start to its end',
  'powershell ready': 'PowerShell, until it is ready',
  'powershell native': 'the functions of HNS, loaded in it',
  hns: 'a call of HNS',
};

/**
 * The times that the logs of a run tell, a line for each kind: how many, the least, the middle one and the
 * most, in milliseconds.
 * @param logs the text of each way's log
 */
export function startLines(logs: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(logs).flatMap(([way, text]) => {
    const times = timesIn(text);
    return Object.entries(told).flatMap(([step, words]) => {
      const sorted = (times.get(step) ?? []).toSorted((one, other) => one - other);
      const [least] = sorted;
      const middle = sorted[sorted.length >> 1];
      const most = sorted.at(-1);
      return least === undefined
        ? []
        : [`${way}: ${words}: ${sorted.length} times, ${least}, ${middle}, ${most} ms`];
    });
  });
}

function timesIn(text: string): ReadonlyMap<string, readonly number[]> {
  const times = new Map<string, number[]>();
  for (const line of text.split('\n')) {
    const { ms, step } = lineOf(line);
    if (typeof ms !== 'number' || typeof step !== 'string') continue;
    times.set(step, [...(times.get(step) ?? []), Math.round(ms)]);
  }
  return times;
}

/** A line of the log; the last one of a process that was killed may be half of one. */
function lineOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
