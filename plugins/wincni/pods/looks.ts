import type { Look } from '../facts/facts.ts';
import { joined } from './join.ts';
import { type JudgedLook, judged } from './verdict.ts';

/** The last of some looks, judged by the one before it; undefined where there is none. */
export function judgedLooks(
  looks: readonly Look[],
  configured: readonly string[],
): JudgedLook | undefined {
  const [before, now] = looks.slice(-2);
  if (before === undefined) return undefined;
  return now === undefined
    ? judged(undefined, joined(before), configured)
    : judged(joined(before), joined(now), configured);
}

/** A long id, as a table of 80 columns shows it: crictl shortens ids to 13. */
export function shortId(id: string): string {
  return id.length > 20 ? id.slice(0, 13) : id;
}
