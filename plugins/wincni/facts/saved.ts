import * as z from 'zod/mini';
import { isSystemError } from '../../../system/errors.ts';
import { replaceWhole } from '../../../system/whole-files.ts';
import { exit, OperatorError } from '../exit.ts';
import { hostOf } from '../hns.ts';
import type { Operator } from '../operator.ts';
import { redactFiles } from '../support/redact-file.ts';
import { type Facts, factsSchema } from './facts.ts';
import { factsInZip, factsName, isZip, longestFacts, textOf } from './zipped.ts';

/** The facts in a file, or in a bundle of support's. Throws OperatorError, naming the path, for what is none. */
export function factsIn({ bytes }: Operator, path: string): Facts {
  try {
    const found = bytes.read(path, longestFacts);
    if (isZip(found)) return readFacts(factsInZip(found, path), `${factsName} in ${path}`);
    return readFacts(textOf(found), path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new OperatorError(exit.usage, `${path} cannot be read: ${error.message}`, saveThem);
  }
}

/** Writes facts to a file, whole or not at all, without the secrets in them. Throws OperatorError. */
export function saveFacts(operator: Operator, facts: Facts, path: string): void {
  try {
    replaceWhole(hostOf(operator), path, `${JSON.stringify(redactFiles(facts), null, 2)}\n`);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new OperatorError(exit.failed, `${path} cannot be written: ${error.message}`);
  }
  operator.writeStderr(`the facts are in ${path}\n`);
}

/** Reads a document of facts. Throws OperatorError, naming the path, for what is none. */
export function readFacts(text: string, path: string): Facts {
  const { data, error } = z.safeParse(factsSchema(), parsed(text, path));
  if (data !== undefined) return data;
  const [issue] = error?.issues ?? [];
  throw new OperatorError(
    exit.usage,
    `${path} is no document of facts: ${issue?.path.join('.')}: ${issue?.message}`,
    saveThem,
  );
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const said = error instanceof Error ? error.message : error;
    throw new OperatorError(exit.usage, `${path} is not JSON: ${said}`, saveThem);
  }
}

const saveThem = ['wincni doctor --save-facts facts.json'];
