import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { operatorCommand } from '../../plugins/wincni/command.ts';
import { operatorCommands } from '../../plugins/wincni/commands.ts';
import { publishedSchemas } from '../../scripts/published-schemas.ts';
import { trialOperator } from '../../scripts/trial-operator.ts';
import { expectDocument, expectErrorDocument } from '../helpers/operator-document.ts';
import { root } from '../helpers/trial-node.ts';

const folder = join(root, 'docs', 'schemas');
const { run } = trialOperator();

describe('docs/schemas', () => {
  it('is what `npm run schemas` writes', () => {
    const there = new Map(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
    expect(there).toEqual(publishedSchemas(operatorCommands));
  });

  it('refuses what it does not name, at every depth', async () => {
    const { stdout } = await run('version', '--json');
    const document = expectDocument('version', stdout);
    const wrong = [
      { ...document, schema: 2 },
      { ...document, author: 'x' },
      { ...document, compiledCode: { flannel: 'maybe' } },
      { ...document, node: undefined },
    ];
    for (const one of wrong) {
      expect(() => expectDocument('version', JSON.stringify(one))).toThrow('does not match');
    }
  });

  it('has the error that any command may print', async () => {
    const { exitCode, stdout } = await run('doctor', '--only', 'nonsense', '--json');
    expect(exitCode).toBe(2);
    expect(expectErrorDocument(stdout)).toMatchObject({ schema: 1 });
  });

  it('numbers each of several documents', () => {
    const command = operatorCommand({
      name: 'two words',
      summary: 'either',
      examples: [['wincni two words', 'either']],
      given: () => z.object({}),
      document: () => z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]),
      run: () => Promise.reject(new Error('never run')),
    });
    const text = publishedSchemas([command]).get('two-words.json') ?? '';
    expect(JSON.parse(text)).toMatchObject({
      title: 'wincni two words --json',
      anyOf: [{ required: ['schema', 'a'] }, { required: ['schema', 'b'] }],
    });
  });
});
