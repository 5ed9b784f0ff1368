import { expect, it } from 'vitest';
import { usual } from '../../plugins/wincni/facts/folders.ts';
import { sectionOf, textOf } from './pages.ts';

/** The paths of a column of the table in docs/install.md, cells with several taken apart. */
function column(at: number): readonly string[] {
  const section = sectionOf(textOf('docs/install.md'), "The runtime's folders");
  const rows = section.split('\n').filter((line) => /^\| [^-]/.test(line) && line.includes('C:\\'));
  return rows.flatMap((row) =>
    [...(row.split('|')[at] ?? '').matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? ''),
  );
}

it('docs/install.md has the folders that are looked at where nobody says one', () => {
  expect(column(2)).toEqual([...usual.bin]);
  expect([...column(3)].sort()).toEqual([...usual.conf].sort());
});
