import * as z from 'zod/mini';
import { exit, OperatorError } from '../exit.ts';
import { type Facts, factsSchema } from './facts.ts';

/** Reads a document of facts. Throws OperatorError, naming the path, for what is none. */
export function readFacts(text: string, path: string): Facts {
  const { data, error } = z.safeParse(factsSchema(), parsed(text, path));
  if (data !== undefined) return data;
  const [issue] = error?.issues ?? [];
  throw new OperatorError(
    exit.usage,
    `${path} is no document of facts: ${issue?.path.join('.')}: ${issue?.message}`,
    ['wincni doctor --save-facts facts.json'],
  );
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OperatorError(
      exit.usage,
      `${path} is not JSON: ${error instanceof Error ? error.message : error}`,
      ['wincni doctor --save-facts facts.json'],
    );
  }
}
