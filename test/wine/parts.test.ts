import { join } from 'node:path';
import { expect, it } from 'vitest';
import { windowsExecutables, withPipes } from './wine.ts';

it('takes the compiled code of every part, HNS by its own libraries too', async () => {
  const file = join(windowsExecutables, 'wincni.exe');
  const run = await withPipes({ file, args: ['version', '--verbose'], env: {}, stdin: '' });
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(run.stdout).toMatch(/^compiled code: taken for (\d+) of \1 parts$/m);
});
