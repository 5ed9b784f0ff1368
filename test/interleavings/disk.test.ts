import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hasCode, isSystemError } from '../../system/errors.ts';
import { nodeFiles } from '../../system/files.ts';
import type { Files } from '../../system/host.ts';
import { quickFolder } from '../helpers/quick-folder.ts';
import { emptyDisk } from './disk.ts';
import { runAlone } from './program.ts';
import { emptyWorldOf } from './toys.ts';

type Operation = readonly [keyof Files, ...string[]];

const path = fc.constantFrom('/a', '/b', '/f/a', '/f/b', '/g/a');
const text = fc.constantFrom('', 'one', 'two');
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(fc.constantFrom('read' as const, 'remove' as const), path),
  fc.tuple(
    fc.constantFrom('list' as const, 'makeFolder' as const),
    fc.constantFrom('/', '/f', '/g'),
  ),
  fc.tuple(fc.constantFrom('writeNew' as const, 'overwrite' as const), path, text),
  fc.tuple(fc.constantFrom('link' as const, 'rename' as const), path, path),
);

/** What an operation gives, or the code it fails with. */
function outcome(files: Files, [name, first = '', second = '']: Operation, root: string): unknown {
  const at = (inside: string) => join(root, inside);
  try {
    switch (name) {
      case 'read':
        return files.read(at(first));
      case 'list':
        return files.list(at(first)).toSorted();
      case 'makeFolder':
      case 'remove':
        return files[name](at(first));
      case 'writeNew':
      case 'overwrite':
        return files[name](at(first), second);
      default:
        return files[name === 'link' ? 'link' : 'rename'](at(first), at(second));
    }
  } catch (error) {
    // What to call a folder that is in the way differs from system to system.
    if (hasCode(error, 'EISDIR', 'EPERM', 'ENOTDIR', 'EEXIST')) return 'in the way';
    if (isSystemError(error)) return error.code;
    throw error;
  }
}

it('does what a real file system does', async () => {
  const parent = quickFolder();
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async (operations) => {
      const root = mkdtempSync(join(parent, 'disk-'));
      const real = operations.map((each) => outcome(nodeFiles(), each, root));
      rmSync(root, { recursive: true });
      const model: unknown[] = [];
      const play = async ({ files }: { readonly files: Files }) => {
        model.push(...operations.map((each) => outcome(files, each, '/')));
        return { exitCode: 0, document: {} };
      };
      await runAlone({ name: 'operations', pid: 1, play }, emptyWorldOf(emptyDisk));
      expect(model).toEqual(real);
    }),
    { seed: 11, numRuns: 300 },
  );
});
