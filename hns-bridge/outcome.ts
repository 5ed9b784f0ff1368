import { garbled } from './calls.ts';
import type { Identified } from './documents.ts';
import { isHnsError } from './error.ts';

/** An object that HNS has just made, or read. Throws HnsError when the answer names no object. */
export function identified<Document extends { readonly ID?: string }>(
  document: Document | undefined,
  operation: string,
): Identified<Document> {
  if (document?.ID !== undefined) return { ...document, ID: document.ID };
  throw garbled('a document without an id', '', operation);
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
