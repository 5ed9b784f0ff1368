import { garbled } from './calls.ts';
import type { Identified } from './documents.ts';
import { isHnsError } from './error.ts';
import { bareId } from './ids.ts';

/**
 * An object that HNS has just made, or read. Throws HnsError when the answer names no object, or another
 * than the one that was asked for: by its id, it is undone and deleted.
 */
export function identified<Document extends { readonly ID?: string }>(
  document: Document | undefined,
  operation: string,
  asked?: string,
): Identified<Document> {
  const id = document?.ID;
  if (!document || id === undefined) throw garbled('a document without an id', '', operation);
  if (asked !== undefined && id !== bareId(asked)) {
    throw garbled('a document of another id', id, operation);
  }
  return { ...document, ID: id };
}

/** What was asked for, or undefined when HNS has no such object. */
export async function unlessMissing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isHnsError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Deletes: false when there was nothing to delete. */
export async function wasThere(deletion: Promise<unknown>): Promise<boolean> {
  try {
    await deletion;
    return true;
  } catch (error) {
    if (isHnsError(error, 'not-found')) return false;
    throw error;
  }
}

/** Detaches: false when it was not attached, also because what held it is gone. */
export async function wasAttached(detachment: Promise<unknown>): Promise<boolean> {
  try {
    await detachment;
    return true;
  } catch (error) {
    if (isHnsError(error, 'not-found', 'part-missing')) return false;
    throw error;
  }
}
