import { describe, expect, it } from 'vitest';
import { usualNames } from '../../../../plugins/wincni/install/names.ts';
import { expectDocument } from '../../../helpers/operator-document.ts';
import {
  all,
  at,
  begin,
  bin,
  four,
  install,
  ours,
  programs,
  standing,
  trialInstall,
} from './trial-install.ts';

describe('install', () => {
  it('puts the program and links of it there, and never wincni itself among the plugins', async () => {
    const { disk, run } = trialInstall();
    const answer = await run('1.0.0', ...install, '--json');
    expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
    expect(expectDocument('install', answer.stdout)).toMatchObject({ names: expect.any(Array) });
    expect(disk.linksOf(at('flannel')).toSorted()).toEqual(
      [...four.map(at), `${programs}/1.0.0/wincni`].toSorted(),
    );
    expect(disk.textOf(at('wincni'))).toBeUndefined();
  });

  it('has nothing to do a second time', async () => {
    const { disk, run } = trialInstall();
    await run('1.0.0', ...install);
    const before = new Map(disk.all());
    const { exitCode, stdout } = await run('1.0.0', ...install);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringContaining('Nothing to do'),
    });
    expect(disk.all()).toEqual(before);
  });

  it('--copy gives each name a file of its own', async () => {
    const trial = trialInstall();
    await trial.run('1.0.0', ...install, '--copy', '--names', 'flannel,nat');
    for (const name of ['flannel', 'nat']) {
      expect(trial.disk.linksOf(at(name))).toEqual([at(name)]);
      expect(trial.disk.textOf(at(name))).toBe(ours('1.0.0'));
    }
    expect(trial.disk.textOf(at('win-overlay'))).toBeUndefined();
  });

  it('--copy parts links that are there', async () => {
    const { disk, run } = trialInstall();
    await run('1.0.0', ...install);
    await run('1.0.0', ...install, '--copy');
    for (const name of four) expect(disk.linksOf(at(name))).toEqual([at(name)]);
    const again = await run('1.0.0', ...install, '--copy');
    expect(again.stdout).toContain('Nothing to do');
    await run('1.0.0', 'uninstall', '--yes');
    expect([...disk.all().keys()].filter((path) => path.startsWith(bin))).toEqual([`${bin}/`]);
  });

  it('across volumes it copies', async () => {
    const { disk, run } = trialInstall({ volumeOf: (path) => (path.startsWith(bin) ? 'D' : 'C') });
    expect(await run('1.0.0', ...install)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(disk.linksOf(at('flannel'))).toEqual([at('flannel')]);
  });

  it('--dry-run says what it would do and does nothing', async () => {
    const { disk, run } = trialInstall();
    disk.put(at('flannel'), 'reference');
    disk.put('/usb/1.0.0/wincni', ours('1.0.0'));
    const before = new Map(disk.all());
    const { exitCode, stdout } = await run('1.0.0', 'install', '--bin-dir', bin, '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`place    ${at('flannel')}`);
    expect(stdout).toContain(`what stands there is kept: ${bin}/.wincni-kept/1-flannel`);
    expect(disk.all()).toEqual(before);
  });

  it('without a terminal it wants --yes', async () => {
    const { disk, run } = trialInstall();
    const { exitCode, stderr, stdout } = await run('1.0.0', 'install', '--bin-dir', bin);
    expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: '' });
    expect(stderr).toContain(`wincni install --bin-dir '${bin}' --yes`);
    expect(disk.textOf(at('flannel'))).toBeUndefined();
  });

  it.each([
    ['y', 0, ours('1.0.0')],
    ['n', 6, undefined],
    ['', 6, undefined],
    [undefined, 6, undefined],
  ])('a person who types %j', async (line, exitCode, text) => {
    const trial = trialInstall({}, { interactive: true, readLine: () => line });
    const answer = await trial.run('1.0.0', 'install', '--bin-dir', bin);
    expect(answer.exitCode).toBe(exitCode);
    expect(answer.stderr).toContain('Go on? [y/N]');
    expect(standing(trial)).toEqual(all(text));
  });

  it.each([
    [['--bin-dir', 'cni'], 2, 'not an absolute path'],
    [['--bin-dir', bin, '--names', 'flanel'], 2, 'no plugin is named flanel'],
    [[], 2, 'where the runtime takes plugins from was not found'],
  ])('refuses %j', async (words, exitCode, said) => {
    const { run } = trialInstall();
    const answer = await run('1.0.0', 'install', ...words, '--yes');
    expect(answer).toMatchObject({ exitCode, stdout: '' });
    expect(answer.stderr).toContain(said);
  });

  it('takes the names that the configurations use, and what flannel hands on to', async () => {
    const trial = trialInstall();
    const conf = '/etc/cni/net.d';
    const flannel = {
      name: 'a',
      plugins: [{ type: 'flannel', delegate: { type: 'sdnoverlay.exe' } }],
    };
    const nat = { type: 'NAT', ipam: { type: 'azure-ipam' } };
    trial.disk.put(`${conf}/10.conflist`, JSON.stringify(flannel));
    trial.disk.put(`${conf}/20.conf`, JSON.stringify(nat));
    trial.disk.put(`${conf}/notes.txt`, JSON.stringify({ type: 'win-bridge' }));
    const { stdout } = await trial.run('1.0.0', ...install, '--conf-dir', conf, '--json');
    expect(JSON.parse(stdout).names).toEqual(['flannel', 'nat', 'sdnoverlay', 'host-local']);
    // One that is ours stays ours when no configuration names it any more.
    trial.disk.files.remove(`${conf}/20.conf`);
    const upgraded = await trial.run('1.1.0', 'upgrade', '--conf-dir', conf, '--yes', '--json');
    expect(JSON.parse(upgraded.stdout).names).toContain('nat');
  });

  it('ends with what doctor says of the executables and the configurations', async () => {
    const trial = trialInstall();
    const conf = '/etc/cni/net.d';
    trial.disk.put(`${conf}/10.conf`, JSON.stringify({ name: 'a', type: 'another' }));
    const words = [...install, '--conf-dir', conf];
    const { checks } = JSON.parse((await trial.run('1.0.0', ...words, '--json')).stdout);
    const groups = checks.map(({ id }: { id: string }) => id.split('.')[0]);
    expect(new Set(groups)).toEqual(new Set(['conf', 'exe']));
    expect(checks).toContainEqual(expect.objectContaining({ id: 'exe.same', result: 'ok' }));
    expect(checks).toContainEqual(expect.objectContaining({ id: 'conf.types', result: 'fail' }));
    const older = await trial.run('0.9.0', ...words, '--names', 'flannel');
    expect(older.stdout).toContain('FAIL exe.same');
    expect(older.stdout).toMatch(/flannel\s+\(0\.9\.0\)/);
  });

  it("finds the folders in containerd's configuration", async () => {
    const trial = trialInstall();
    trial.disk.put(
      'C:\\Program Files\\containerd\\config.toml',
      `version = 2\n[plugins."io.containerd.grpc.v1.cri".cni]\nbin_dir = "/var/plugins"\n`,
    );
    const answer = await trial.run('1.0.0', 'install', '--yes', '--json');
    expect(JSON.parse(answer.stdout)).toMatchObject({
      binDir: '/var/plugins',
      names: [...usualNames],
    });
    expect(trial.disk.textOf('/var/plugins/flannel')).toBe(ours('1.0.0'));
  });

  it('a folder under the name of a plugin is refused, before anything is changed', async () => {
    const { disk, run } = trialInstall();
    disk.put(`${at('flannel')}/inside`, 'x');
    const { exitCode, stderr } = await run('1.0.0', ...install);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`nothing was changed: ${at('flannel')} is no plain file`);
    expect(disk.textOf(at('win-overlay'))).toBeUndefined();
  });

  it.each([
    ['flannel', undefined],
    ['host-local', 'reference'],
  ])('what another puts there meanwhile is not lost: %s, which was %s', async (name, before) => {
    const trial = trialInstall({
      before(call) {
        if (call === 'copy half') trial.disk.put(at(name), "another's");
      },
    });
    if (before !== undefined) trial.disk.put(at(name), before);
    const { exitCode, stderr } = await trial.run('1.0.0', ...install);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${at(name)} was changed meanwhile`);
    expect(standing(trial)).toEqual({ ...all(undefined), [name]: "another's" });
  });

  it('leaves the empty folders of others alone', async () => {
    const { disk, run } = trialInstall();
    disk.files.makeFolder('/data/theirs');
    const there = ['--program-dir', '/data'] as const;
    await run('1.0.0', ...install, ...there);
    await run('1.0.0', 'uninstall', '--yes', ...there);
    const left = [...disk.all().keys()].filter((path) => path.startsWith('/data'));
    expect(left.toSorted()).toEqual(['/data/', '/data/theirs/']);
  });

  it.each([
    ['waits for nobody who has ended', false, 3_000, 0],
    ['is not begun beside another that lives, however long it takes', true, 20 * 60_000, 1],
    ['takes what bears a number of old for left behind', true, 3 * 3_600_000, 0],
  ])('%s', async (_, isAlive, age, exitCode) => {
    const { disk, run } = trialInstall({ modified: begin - age }, {}, isAlive);
    disk.put(`${programs}/.wincni-lock`, '4711');
    const answer = await run('1.0.0', ...install);
    expect(answer.exitCode).toBe(exitCode);
    if (exitCode === 0) return;
    expect(answer.stderr).toContain('another install, rollback or uninstall is at work');
    expect(disk.textOf(at('flannel'))).toBeUndefined();
  });

  it('no room on the disk: nothing is changed, and it says how much it needs', async () => {
    const trial = trialInstall({ room: 3 * ours('1.0.0').length });
    for (const name of four) trial.disk.put(at(name), 'reference');
    const { exitCode, stderr } = await trial.run('1.0.0', ...install, '--copy');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no room on the disk: it needs');
    expect(stderr).toContain(`in ${bin}`);
    expect(standing(trial)).toEqual(all('reference'));
    expect([...trial.disk.all().keys()].filter((path) => path.includes('.wincni-'))).toEqual([]);
  });
});
