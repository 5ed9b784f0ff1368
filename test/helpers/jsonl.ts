import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './trial-node.ts';

/** The lines of a file in test/fixtures, each a JSON document. */
export function jsonLines<Line>(path: string): readonly Line[] {
  return readFileSync(join(root, 'test/fixtures', path), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
