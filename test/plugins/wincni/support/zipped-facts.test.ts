import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { beforeEach, describe, expect, it } from 'vitest';
import { trialOperator } from '../../../../scripts/trial-operator.ts';
import { quickFolder } from '../../../helpers/quick-folder.ts';

let out: string;
beforeEach(() => {
  out = join(quickFolder(), 'node.zip');
});

describe('doctor --facts, of a zip', () => {
  const ask = (path: string) => trialOperator().run('doctor', '--facts', path);

  it.each([
    ['another zip', zipSync({ 'x.txt': Buffer.from('x') }), 'it has no facts.json'],
    ['a broken zip', Buffer.from('PK\u0003\u0004 and no more'), 'is no bundle of wincni support'],
    ['other facts', zipSync({ 'facts.json': Buffer.from('{}') }), 'is no document of facts'],
  ])('refuses %s', async (_, bytes, said) => {
    writeFileSync(out, bytes);
    const { exitCode, stderr } = await ask(out);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(said);
  });

  it('unpacks no more than facts can be', async () => {
    writeFileSync(out, zipSync({ 'facts.json': Buffer.alloc(65 * 1024 * 1024, ' ') }));
    expect(statSync(out).size).toBeLessThan(200_000);
    const { stderr } = await ask(out);
    expect(stderr).toContain('it has no facts.json');
  });

  it('names a file that is not there', async () => {
    const { exitCode, stderr } = await ask('/nowhere.zip');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('/nowhere.zip cannot be read: ENOENT');
  });
});
