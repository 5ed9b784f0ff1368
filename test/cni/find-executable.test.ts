import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { delegateTo } from '../../cni/delegate.ts';
import { printResult } from '../../cni/print-result.ts';
import { callOf, failure, hostOf, result, tempFolder } from './trial.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'plugins');
const standIn = 'stand-in.ts';

describe('finding an executable', () => {
  const find = (path: readonly string[], type = standIn, platform: NodeJS.Platform = 'linux') => {
    const host = { ...hostOf(), platform };
    const config = { does: 'answer', answer: printResult(result, '1.0.0') };
    return delegateTo({ host, own: async () => undefined })(type, callOf('ADD', { path, config }));
  };

  it('names every folder that was searched', async () => {
    const error = await failure(find(['/not/there', tempFolder(), fixtures], 'no-such'));
    expect(error.code).toBe(120);
    expect(error.message).toMatch(
      /^failed to find plugin "no-such" in path \[\/not\/there .*plugins\]$/,
    );
  });

  it('takes the first that is there', async () => {
    const first = tempFolder();
    writeFileSync(join(first, standIn), '#!/bin/sh\necho the first >&2\nexit 3\n', { mode: 0o755 });
    const error = await failure(find(['/not/there', first, fixtures]));
    expect(error).toMatchObject({ code: 121, details: 'the first' });
  });

  it('passes over a folder of that name', async () => {
    const first = tempFolder();
    mkdirSync(join(first, standIn));
    expect(await find([first, fixtures])).toEqual(result);
  });

  it('follows links', async () => {
    const folder = tempFolder();
    symlinkSync(join(fixtures, standIn), join(folder, 'linked'));
    expect(await find([folder], 'linked')).toEqual(result);
  });

  it('on Windows looks for .exe first', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'ipam'), 'not a program');
    const script = '#!/bin/sh\necho the .exe >&2\nexit 3\n';
    writeFileSync(join(folder, 'ipam.exe'), script, { mode: 0o755 });
    expect(await failure(find([folder], 'ipam', 'win32'))).toMatchObject({ details: 'the .exe' });
  });

  it('does not look where the runtime happens to stand', async () => {
    const relative = fixtures.slice(process.cwd().length + 1);
    expect((await failure(find([relative, '.', '..']))).code).toBe(120);
  });

  it('that may not be run tells why', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'ipam'), '#!/bin/sh\n', { mode: 0o644 });
    const error = await failure(find([folder], 'ipam'));
    expect(error.code).toBe(121);
    expect(error.message).toContain('EACCES');
  });

  it.each(['', '..', '../x', '/bin/sh', 'a/b', 'a\\b', 'C:x', 'NUL', 'con.exe', 'x\0'])(
    'of type %j is not tried',
    async (type) => {
      const own = () => Promise.reject(new Error('asked'));
      const error = await failure(delegateTo({ host: hostOf(), own })(type, callOf('ADD')));
      expect(error.code).toBe(7);
    },
  );
});
