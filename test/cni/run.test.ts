import { describe, expect, it } from 'vitest';
import { CniError, code } from '../../cni/error.ts';
import { specVersions } from '../../cni/versions.ts';
import { commands, runCommand, variables } from './trial.ts';

const config = (cniVersion: string) => ({ cniVersion, name: 'cbr0', type: 'trial' });

/** The first version of the specification that has a command. */
const first = { ADD: '0.1.0', DEL: '0.1.0', CHECK: '0.4.0', GC: '1.1.0', STATUS: '1.1.0' };

const all = specVersions.flatMap((version) => commands.map((command) => ({ version, command })));
const known = all.filter(({ command, version }) => version >= first[command]);
const unknown = all.filter(({ command, version }) => version < first[command]);

describe('a command its version has', () => {
  it.each(known)('$command of $version is given to the plugin', async ({ command, version }) => {
    const done = await runCommand({ ...variables, CNI_COMMAND: command }, config(version));
    expect(done.exitCode).toBe(0);
    expect(done.stderr).toBe('');
    expect(done.calls).toMatchObject([{ command, version, network: 'cbr0' }]);
    if (command === 'ADD') expect(done.document['cniVersion']).toBe(version);
    else expect(done.stdout).toBe('');
  });

  it.each(known)('$command of $version tells the plugin’s error', async ({ command, version }) => {
    const fail = async () => {
      throw new CniError(code.tryAgain, 'not yet', 'wait a little');
    };
    const done = await runCommand({ ...variables, CNI_COMMAND: command }, config(version), fail);
    expect(done).toMatchObject({ exitCode: 1, stderr: '' });
    const document = { cniVersion: version, code: 11, msg: 'not yet', details: 'wait a little' };
    expect(done.document).toEqual(document);
  });
});

describe('a command its version does not have', () => {
  it.each(unknown)('$command of $version is refused', async ({ command, version }) => {
    const done = await runCommand({ ...variables, CNI_COMMAND: command }, config(version));
    expect(done).toMatchObject({ exitCode: 1, stderr: '', made: 0 });
    expect(done.document).toMatchObject({ cniVersion: version, code: 1 });
    expect(done.document['msg']).toContain(command);
    expect(done.document['details']).toContain(first[command]);
  });
});

describe('VERSION', () => {
  it('lists every version, without reading stdin or making the plugin', async () => {
    const done = await runCommand({ CNI_COMMAND: 'VERSION' }, 'not read');
    expect(done).toMatchObject({ exitCode: 0, stderr: '', reads: 0, made: 0 });
    expect(done.document).toEqual({
      cniVersion: '1.1.0',
      supportedVersions: ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'],
    });
  });
});

describe('no command', () => {
  it.each([{}, { CNI_COMMAND: '' }])('%o: one line about the plugin on stderr', async (env) => {
    const done = await runCommand(env, '');
    expect(done).toMatchObject({ exitCode: 0, stdout: '', reads: 0, made: 0 });
    expect(done.stderr).toMatch(/^.*trial.*1\.2\.3.*0\.1\.0, .*1\.1\.0\n$/);
  });
});

describe('a long error', () => {
  it('is shortened, and says by how much', async () => {
    const fail = async () => {
      throw new CniError(code.differs, 'm'.repeat(900_000), 'd'.repeat(900_000));
    };
    const add = { ...variables, CNI_COMMAND: 'ADD' };
    const { document } = await runCommand(add, config('1.0.0'), fail);
    expect(document).toEqual({
      cniVersion: '1.0.0',
      code: 100,
      msg: `${'m'.repeat(2_000)} … and 898000 characters more`,
      details: `${'d'.repeat(16_000)} … and 884000 characters more`,
    });
  });
});

describe('an error', () => {
  const add = { ...variables, CNI_COMMAND: 'ADD' };

  it('is answered in the newest version while the configuration’s is not known', async () => {
    const done = await runCommand(add, '{');
    expect(done.document).toMatchObject({ cniVersion: '1.1.0', code: 6 });
  });

  it('is answered in the configuration’s version as soon as that is known', async () => {
    const done = await runCommand(add, { cniVersion: '0.4.0', name: '../etc' });
    expect(done.document).toMatchObject({ cniVersion: '0.4.0', code: 7 });
  });

  it.each([
    {
      of: 'a room of its own kind',
      error: Object.assign(new Error('HNS is away'), {
        kind: 'hns-unavailable',
        details: 'start it',
      }),
      document: { code: 102, msg: 'HNS is away', details: 'start it' },
    },
    {
      of: 'the operating system',
      error: Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC', syscall: 'write' }),
      document: { code: 5, msg: 'ENOSPC: no space', details: expect.stringContaining('disk') },
    },
    {
      of: 'nobody',
      error: 'a text',
      document: { code: 999, msg: 'unexpected failure: a text' },
    },
  ])('of $of has its code', async ({ document, error }) => {
    const done = await runCommand(add, config('1.0.0'), () => Promise.reject(error));
    expect(done).toMatchObject({ exitCode: 1, stderr: '' });
    expect(done.document).toEqual({ cniVersion: '1.0.0', ...document });
  });
});
