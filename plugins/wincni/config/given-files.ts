import { isJsonObject } from '../../../cni/json-object.ts';
import { keyValue } from '../../../cni/keys.ts';
import { hasCode } from '../../../system/errors.ts';
import type { Files } from '../../../system/host.ts';
import { bare } from '../checks/commands.ts';
import { isConfigurationName } from '../checks/reading/configuration-file.ts';
import { exit, OperatorError } from '../exit.ts';
import type { FileFact } from '../facts/facts.ts';
import { fileFact } from '../facts/file-facts.ts';
import { joined, nameOf } from '../facts/node-paths.ts';
import type { Operator } from '../operator.ts';

/**
 * The configurations that are given: a file, those of a folder, or, as `-`, standard input. Throws
 * OperatorError where there is none to be read.
 */
export function givenFiles(operator: Operator, given: string): readonly FileFact[] {
  if (given === '-') return [ofStdin(Buffer.from(operator.readStdin()).toString('utf8'))];
  const { files } = operator.machine;
  const names = namesIn(files, given);
  if (names === undefined) return [ofFile(files, given)];
  const taken = names.filter(isConfigurationName);
  if (taken.length === 0) {
    throw new OperatorError(
      exit.blind,
      `${given} has no configuration in it: runtimes read .conflist, .conf and .json`,
    );
  }
  return taken.map((name) => fileFact(files, joined(given, name)));
}

/** A list is one by its name, and standard input has none. */
function ofStdin(text: string): FileFact {
  return { path: isList(text) ? 'stdin.conflist' : 'stdin.conf', text };
}

function isList(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isJsonObject(document) && keyValue(document, 'plugins') !== undefined;
  } catch {
    return /"plugins"\s*:/i.test(text);
  }
}

function ofFile(files: Files, path: string): FileFact {
  const fact = fileFact(files, path);
  if (fact.text === undefined) {
    throw new OperatorError(exit.blind, `${path} cannot be read: ${fact.error}`);
  }
  if (isConfigurationName(nameOf(path))) return fact;
  throw new OperatorError(
    exit.usage,
    `${path}: runtimes read .conflist, .conf and .json alone, by the file's name`,
    [`Get-Content -Raw ${bare(path)} | wincni config validate -`],
  );
}

/** The names in a folder; undefined for what is none. */
function namesIn(files: Files, path: string): readonly string[] | undefined {
  try {
    return [...files.list(path)].sort();
  } catch (error) {
    // A file, or nothing: reading it tells.
    if (hasCode(error, 'ENOTDIR', 'ENOENT')) return undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new OperatorError(exit.blind, `${path} cannot be read: ${why}`, [], { cause: error });
  }
}
