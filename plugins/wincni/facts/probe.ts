import { HnsError } from '../../../hns-bridge/error.ts';
import { hasCode, isSystemError } from '../../../system/errors.ts';
import type { Missing } from './facts.ts';

/** What could not be found out, as it comes up; each fact is told once. */
export interface Lacking {
  readonly missing: readonly Missing[];
  add(missing: Missing): void;
}

/** A list of what could not be found out. */
export function lacking(): Lacking {
  const missing: Missing[] = [];
  return {
    missing,
    add(found) {
      if (!missing.some(({ fact }) => fact === found.fact)) missing.push(found);
    },
  };
}

/** Why a probe has nothing to say, where it knows better than the error that it met. */
export class NotKnown extends Error {
  readonly reason: Missing['reason'];
  constructor(reason: Missing['reason'], message: string) {
    super(message);
    this.name = 'NotKnown';
    this.reason = reason;
  }
}

/**
 * Finds out one fact. What goes wrong is a line in `missing`, whatever it is: no probe keeps another from
 * looking.
 */
export async function probe<Value>(
  { add }: Pick<Lacking, 'add'>,
  fact: string,
  look: () => Promise<Value> | Value,
): Promise<Value | undefined> {
  try {
    return await look();
  } catch (error) {
    add({ fact, reason: reasonOf(error), what: inWords(error) });
    return undefined;
  }
}

/** Tells that a part of a fact is not there: what was met at a path. */
export function tell({ add }: Lacking, fact: string, path: string, error: unknown): void {
  add({ fact, reason: reasonOf(error), what: `${path}: ${inWords(error)}` });
}

/** Why a fact is not there, by the error that was met. */
export function reasonOf(error: unknown): Missing['reason'] {
  if (error instanceof NotKnown) return error.reason;
  if (hasCode(error, 'EACCES', 'EPERM')) return 'administrator';
  if (hasCode(error, 'ENOENT', 'ENOTDIR')) return 'absent';
  const reason = error instanceof HnsError ? error.reason : undefined;
  if (reason === 'denied') return 'administrator';
  return reason === 'part-missing' || reason === 'unsupported' ? 'absent' : 'failed';
}

/** An error in words, on one line. */
export function inWords(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  // Whoever tells it names the path.
  const text = isSystemError(error) ? said.replace(/, \w+ '[^']*'(?: -> '[^']*')?$/, '') : said;
  return text.replaceAll(/\s+/g, ' ').trim();
}
