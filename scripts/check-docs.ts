import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { checks } from '../plugins/wincni/checks/checks.ts';
import { checksPage, type FactsBehind } from './checks-table.ts';

/** Writes docs/checks.md. */

const root = join(import.meta.dirname, '..');
const source = z.enum(['recorded', 'written by hand']);
const files = (['healthy', 'sick'] as const).flatMap((kind) => {
  const folder = join(root, 'test', 'fixtures', 'facts', kind);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.map((name): FactsBehind => {
    const document: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    if (kind === 'healthy') return { ...z.parse(z.object({ source }), document), shows: 'all' };
    const sick = z.object({ source, expect: z.record(z.string(), z.unknown()) });
    const { expect, source: from } = z.parse(sick, document);
    return { source: from, shows: Object.keys(expect) };
  });
});
writeFileSync(join(root, 'docs', 'checks.md'), checksPage(checks, files));
console.log(`${checks.length} checks in docs/checks.md`);
