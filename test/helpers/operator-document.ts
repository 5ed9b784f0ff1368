import * as z from 'zod';
import { operatorCommands } from '../../plugins/wincni/commands.ts';
import { errorSchema, type PublishedSchema, schemaOf } from '../../scripts/published-schemas.ts';

/** What `wincni <command> --json` printed, which must match the command's published schema: keys that it does not name fail. */
export function expectDocument(command: string, stdout: string): Readonly<Record<string, unknown>> {
  const described = operatorCommands.find(({ name }) => name === command);
  if (!described) throw new Error(`no command is named ${command}`);
  return matching(`wincni ${command} --json`, schemaOf(described), stdout);
}

/** The same of a command that ended without a report. */
export function expectErrorDocument(stdout: string): Readonly<Record<string, unknown>> {
  return matching('the error document', errorSchema(), stdout);
}

function matching(
  what: string,
  schema: PublishedSchema,
  stdout: string,
): Readonly<Record<string, unknown>> {
  const { data, error } = z.fromJSONSchema({ ...schema }).safeParse(JSON.parse(stdout));
  if (error) {
    throw new Error(`${what} does not match its schema:\n${z.prettifyError(error)}\n${stdout}`);
  }
  return z.record(z.string(), z.unknown()).parse(data);
}
