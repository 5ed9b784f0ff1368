import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { costOf, openMeter, type Timed } from '../../../scripts/bench/meter.ts';
import { quickFolder } from '../../helpers/quick-folder.ts';

/** A command of a shell, the way the meter is asked on this machine: with gcc or without. */
const shell = (script: string, more: Partial<Timed> = {}): Timed => ({
  file: 'sh',
  args: ['-c', script],
  ...more,
});

it('a command gets its folder, its environment and its standard input', () => {
  const folder = quickFolder();
  const script = 'read -r line; echo "$line $GIVEN" >found';
  openMeter(quickFolder()).measure(
    [
      shell(`${script}; cat found`, {
        cwd: folder,
        env: { GIVEN: 'b' },
        stdin: 'a\n',
        says: 'a b',
      }),
    ],
    'plain',
  );
  expect(existsSync(join(folder, 'found'))).toBe(true);
});

it.each([
  ['that fails', shell('echo broken; exit 3'), 'exit code 3: broken'],
  ['that answers otherwise', shell('echo other', { says: 'this' }), 'exit code 0: other'],
])('a command %s is no figure', (_, command, message) => {
  expect(() => openMeter(quickFolder()).measure([command], 'plain')).toThrow(message);
});

it('commands run one after another', () => {
  const folder = quickFolder();
  const list = join(folder, 'list');
  writeFileSync(list, '');
  const add = (name: string) => shell(`echo ${name} >>list; cat list`, { cwd: folder });
  const last = { ...add('c'), says: 'a\nb\nc\n' };
  openMeter(quickFolder()).measure([add('a'), add('b'), last], 'plain');
});

it('what the meter prints: the cost of all, and the peak of the greatest', () => {
  const cost = costOf('0 1000 300 20\n0 5000 200 40\n6000000000 2500000\n', () => new Error());
  expect(cost).toEqual({ wall: 6, walls: [1e-6, 5e-6], cpu: 2.5, peak: 300, inNoFile: 40 });
});
