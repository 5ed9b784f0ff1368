import * as z from 'zod/mini';
import { acceptanceSchema } from '../plugins/wincni/acceptance/document.ts';
import type { OperatorCommand } from '../plugins/wincni/command.ts';
import { factsSchema } from '../plugins/wincni/facts/facts.ts';

/** A JSON schema, draft 2020-12. */
export type PublishedSchema = Readonly<Record<string, unknown>>;

/** What a command prints with `--json`: its document behind `"schema": 1`. */
export function schemaOf({ document, name, summary }: OperatorCommand): PublishedSchema {
  return titled(`wincni ${name} --json`, summary, numbered(z.toJSONSchema(document())));
}

/** What any command prints with `--json` where it ends without a report. */
export function errorSchema(): PublishedSchema {
  const error = z.object({ message: z.string(), remedy: z.array(z.string()) });
  const about = 'what any command prints with --json where it has nothing to report';
  return titled('wincni, an error', about, numbered(z.toJSONSchema(z.object({ error }))));
}

/** The files of docs/schemas: their names and texts. */
export function publishedSchemas(
  commands: readonly OperatorCommand[],
): ReadonlyMap<string, string> {
  const about = 'what doctor --save-facts saves and doctor --facts reads';
  const facts = titled('wincni, facts of a node', about, z.toJSONSchema(factsSchema()));
  const recorded = 'what acceptance writes to --out: test/fixtures/hns/real has such files';
  const acceptance = titled(
    'wincni, what acceptance tried',
    recorded,
    z.toJSONSchema(acceptanceSchema()),
  );
  const schemas: readonly (readonly [string, PublishedSchema])[] = [
    ...commands.map((command) => [command.name.replaceAll(' ', '-'), schemaOf(command)] as const),
    ['error', errorSchema()],
    ['facts', facts],
    ['acceptance-file', acceptance],
  ];
  return new Map(
    schemas.map(([name, schema]) => [`${name}.json`, `${JSON.stringify(schema, null, 2)}\n`]),
  );
}

function titled(title: string, description: string, schema: PublishedSchema): PublishedSchema {
  const { $schema, ...rest } = schema;
  return { $schema, title, description, ...rest };
}

/** The schema of a document of the command line's: an object, or one of several, with `"schema": 1` in it. */
function numbered(schema: PublishedSchema): PublishedSchema {
  for (const key of ['anyOf', 'oneOf']) {
    const alternatives = schema[key];
    if (Array.isArray(alternatives)) return { ...schema, [key]: alternatives.map(numbered) };
  }
  const { properties, required = [], type } = schema;
  if (type !== 'object' || typeof properties !== 'object' || !Array.isArray(required)) {
    throw new Error(`a document must be an object: ${JSON.stringify(schema)}`);
  }
  return {
    ...schema,
    properties: { schema: { type: 'number', const: 1 }, ...properties },
    required: ['schema', ...required],
  };
}
