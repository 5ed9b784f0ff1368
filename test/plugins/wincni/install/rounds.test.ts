import { describe, expect, it } from 'vitest';
import { checked } from '../../../../plugins/wincni/install/checked.ts';
import { layoutOf } from '../../../../plugins/wincni/install/layout.ts';
import { expectDocument } from '../../../helpers/operator-document.ts';
import {
  all,
  at,
  bin,
  four,
  install,
  ours,
  programs,
  standing,
  trialInstall,
} from './trial-install.ts';

describe('upgrade', () => {
  it('takes the names that are ours, and where they are', async () => {
    const trial = trialInstall();
    await trial.run('1.0.0', ...install, '--names', 'nat,flannel');
    const answer = await trial.run('1.10.0', 'upgrade', '--yes', '--json');
    expect(expectDocument('upgrade', answer.stdout)).toMatchObject({ names: ['flannel', 'nat'] });
    expect(standing(trial, ['flannel', 'nat', 'win-overlay'])).toEqual({
      flannel: ours('1.10.0'),
      nat: ours('1.10.0'),
      'win-overlay': undefined,
    });
  });

  it.each([
    ['1.9.0', '1.10.0'],
    ['2.0.0-rc.1', '2.0.0'],
  ])('refuses %s where %s is installed; install does it, and says so', async (older, newer) => {
    const trial = trialInstall();
    await trial.run(newer, ...install);
    const refused = await trial.run(older, 'upgrade', '--yes');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(`older than the ${newer}`);
    const done = await trial.run(older, ...install);
    expect(done.stdout).toContain(`older than the ${newer}`);
    expect(standing(trial)).toEqual(all(ours(older)));
  });

  it('refuses where nothing is installed', async () => {
    const { run } = trialInstall();
    expect(await run('1.0.0', 'upgrade', '--bin-dir', bin, '--yes')).toMatchObject({ exitCode: 1 });
  });
});

describe('rollback', () => {
  it('goes back one step each time, to the foreign plugins byte for byte', async () => {
    const trial = trialInstall();
    trial.disk.put(at('flannel'), 'reference');
    await trial.run('1.0.0', ...install);
    await trial.run('2.0.0', 'upgrade', '--yes');
    await trial.run('3.0.0', 'upgrade', '--yes');
    for (const version of ['2.0.0', '1.0.0']) {
      expect(await trial.run('3.0.0', 'rollback', '--yes')).toMatchObject({ exitCode: 0 });
      expect(standing(trial)).toEqual(all(ours(version)));
    }
    await trial.run('3.0.0', 'rollback', '--yes');
    expect(standing(trial)).toEqual({ ...all(undefined), flannel: 'reference' });
    expect(await trial.run('3.0.0', 'rollback', '--yes')).toMatchObject({ exitCode: 1 });
  });

  it('leaves alone what another has put there since, and tells what was kept for it', async () => {
    const trial = trialInstall();
    trial.disk.put(at('flannel'), 'reference');
    await trial.run('1.0.0', ...install);
    trial.disk.put(at('flannel'), 'a third');
    const answer = await trial.run('1.0.0', 'rollback', '--yes', '--json');
    expect(expectDocument('rollback', answer.stdout)).toMatchObject({
      foreign: [at('flannel')],
      kept: [{ of: at('flannel'), file: { path: `${bin}/.wincni-kept/1-flannel` } }],
    });
    expect(standing(trial)).toEqual({ ...all(undefined), flannel: 'a third' });
    expect(trial.disk.textOf(`${bin}/.wincni-kept/1-flannel`)).toBe('reference');
    // The next install does not sweep it up.
    await trial.run('1.0.0', ...install);
    await trial.run('1.0.0', 'uninstall', '--yes');
    expect(trial.disk.textOf(`${bin}/.wincni-kept/1-flannel`)).toBe('reference');
  });

  it.each(['gone', 'changed'])('changes nothing where what was kept is %s', async (how) => {
    const trial = trialInstall();
    trial.disk.put(at('flannel'), 'reference');
    await trial.run('1.0.0', ...install);
    const kept = `${bin}/.wincni-kept/1-flannel`;
    if (how === 'gone') trial.disk.files.remove(kept);
    else trial.disk.put(kept, 'other bytes');
    const { exitCode, stderr } = await trial.run('1.0.0', 'rollback', '--yes');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`not where it was kept: ${kept}`);
    expect(standing(trial)).toEqual(all(ours('1.0.0')));
  });
});

describe('what runs', () => {
  it('stays in use, and is removed when it has ended', async () => {
    const trial = trialInstall();
    await trial.run('1.0.0', ...install);
    trial.disk.run(at('flannel'));
    const { stdout } = await trial.run('1.0.0', 'uninstall', '--yes');
    expect(stdout).toContain('Still in use');
    expect(standing(trial)).toEqual(all(undefined));
    const status = await trial.run('1.0.0', 'status', '--json');
    const { left } = expectDocument('status', status.stdout);
    expect(left).toHaveLength(5);
    trial.disk.endAll();
    await trial.run('1.0.0', 'uninstall', '--yes');
    expect([...trial.disk.all().keys()].filter((path) => path.includes('wincni'))).toEqual([
      '/usb/1.0.0/wincni',
    ]);
  });
});

describe('what is copied over one name', () => {
  const remedy = `wincni install --bin-dir '${bin}' --names '${four.join(',')}'`;

  // Scripts that prepare nodes copy the reference's plugins there at each start; a link has one file for all names.
  it('is under all of them, and doctor says so', async () => {
    const { disk, operatorOf, run } = trialInstall();
    await run('1.0.0', ...install);
    disk.writeInto(at('flannel'), 'reference');
    expect(disk.textOf(at('host-local'))).toBe('reference');
    const folders = { binDir: bin, confDir: undefined };
    const outcomes = checked(operatorOf('1.0.0'), layoutOf('linux', {}, undefined), folders);
    expect(outcomes.find(({ id }) => id === 'exe.same')).toMatchObject({
      result: 'fail',
      findings: [
        {
          what: expect.stringContaining('flannel, host-local, win-bridge and win-overlay in'),
          remedy: [expect.any(String), `${remedy} --copy`],
        },
      ],
    });
    await run('1.0.0', ...install, '--copy');
    disk.writeInto(at('flannel'), 'reference');
    expect(disk.textOf(at('host-local'))).toBe(ours('1.0.0'));
  });
});

describe('status', () => {
  it('says which version is under which name, and by what', async () => {
    const trial = trialInstall();
    trial.disk.put(at('flannel'), 'reference');
    trial.disk.put(at('nat'), 'another nat');
    await trial.run('1.0.0', ...install);
    trial.disk.put(at('win-bridge'), 'a third');
    trial.disk.files.remove(at('host-local'));
    const { stdout } = await trial.run('1.0.0', 'status', '--json');
    const { names, version } = expectDocument('status', stdout);
    expect(version).toBe('1.0.0');
    expect(names).toEqual([
      {
        path: at('flannel'),
        version: '1.0.0',
        way: 'link',
        original: `${bin}/.wincni-kept/1-flannel`,
      },
      { path: at('win-bridge'), way: 'other' },
      { path: at('win-overlay'), version: '1.0.0', way: 'link' },
      { path: at('nat'), way: 'other' },
      { path: at('host-local'), way: 'missing' },
    ]);
  });

  it('of a node where nothing is', async () => {
    const { run } = trialInstall();
    const answer = await run('1.0.0', 'status');
    expect(answer).toEqual({ exitCode: 0, stdout: 'wincni is not installed\n', stderr: '' });
  });

  it('a damaged manifest is told, not written over', async () => {
    const { disk, run } = trialInstall();
    disk.put(`${programs}/installed.json`, '{"schema": 1, "steps": 3}');
    for (const words of [['status'], [...install], ['rollback', '--yes']]) {
      const answer = await run('1.0.0', ...words);
      expect(answer).toMatchObject({ exitCode: 1, stdout: '' });
      expect(answer.stderr).toContain('is damaged');
    }
    expect(disk.textOf(`${programs}/installed.json`)).toBe('{"schema": 1, "steps": 3}');
  });
});
