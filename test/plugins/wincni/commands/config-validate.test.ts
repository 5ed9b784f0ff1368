import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trialOperator } from '../../../../scripts/trial-operator.ts';
import { expectDocument } from '../../../helpers/operator-document.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wincni-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const fixture = (name: string) => join('test/fixtures/conf', `${name}.conflist`);
const validate = (...words: readonly string[]) =>
  trialOperator().run('config', 'validate', ...words);
const validateText = (text: string, ...words: readonly string[]) =>
  trialOperator({ readStdin: () => Buffer.from(text) }).run('config', 'validate', '-', ...words);

/** Writes a file of the trial's folder; gives its path. */
function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('wincni config validate', () => {
  it.each(['flannel-overlay', 'flannel-host-gw', 'nat', 'sdnoverlay', 'win-bridge-docker'])(
    'finds nothing in %s',
    async (name) => {
      const { exitCode, stdout } = await validate(fixture(name));
      expect(stdout).toMatch(/^of [\w.-]+\nok \d {3}note 0 {3}skipped 0 {3}warn 0 {3}fail 0\n$/);
      expect(exitCode).toBe(0);
    },
  );

  it('ends with 4 for warnings, with 3 for failures, and says what is to be written', async () => {
    const warned = await validate(fixture('sdnbridge'));
    expect(warned.exitCode).toBe(4);
    expect(warned.stdout).toContain(
      'do  "Exceptions": ["10.240.0.0/16", "192.168.10.5/32", "10.0.0.0/16"]\n',
    );
    expect(warned.stdout).not.toContain('config validate');
    const failed = await validateText('{"cniVersion": "9", "name": "a", "type": "win-bridge"}');
    expect(failed.exitCode).toBe(3);
    expect(failed.stdout).toContain('stdin.conf incompatible CNI version');
  });

  it('reads every configuration of a folder', async () => {
    written('20-nat.conf', '{"cniVersion": "1.0.0", "name": "nat", "type": "nat"}');
    written('10-broken.conflist', '{');
    written('notes.txt', 'nothing');
    const { exitCode, stdout } = await validate(folder, '--json');
    expect(exitCode).toBe(3);
    const document = expectDocument('config validate', stdout);
    expect(document['files']).toEqual(
      ['10-broken.conflist', '20-nat.conf'].map((name) => join(folder, name)),
    );
    expect(JSON.stringify(document['checks'])).toContain('10-broken.conflist is not JSON');
  });

  it("looks at flannel's delegate with what subnet.env says", async () => {
    const env = (text: string) => written('subnet.env', text);
    const six =
      'FLANNEL_IPV6_NETWORK=fd00::/48\nFLANNEL_IPV6_SUBNET=fd00:0:0:1::1/64\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n';
    const { exitCode, stdout } = await validate(
      fixture('flannel-overlay'),
      '--subnet-env',
      env(six),
    );
    expect(exitCode).toBe(3);
    expect(stdout).toContain('FAIL overlay.ipv6');
    const text = readFileSync(fixture('flannel-overlay'), 'utf8');
    const other = text.replace('"10.96.0.0/12", "192', '"192');
    const masquerading =
      'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=false\n';
    const lacking = await validateText(other, '--subnet-env', env(masquerading));
    expect(lacking.exitCode).toBe(3);
    expect(lacking.stdout).toContain('lacks\n');
    expect(lacking.stdout).toContain(
      '"Exceptions": ["192.168.10.0/24", "10.244.0.0/16", "10.96.0.0/12"]',
    );
  });

  it('looks for the plugins where it is told to', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'sdnbridge.exe'), '');
    const ours = await validate(fixture('sdnbridge-hns'), '--bin-dir', bin);
    expect(ours.exitCode).toBe(0);
    const azures = await validate(fixture('sdnbridge'), '--bin-dir', bin);
    expect(azures.exitCode).toBe(3);
    expect(azures.stdout).toContain('plugins[0].ipam.type');
    expect(azures.stdout.replaceAll(/\s+/g, ' ')).toContain('there is no azure-vnet-ipam in');
    writeFileSync(join(bin, 'azure-vnet-ipam.exe'), '');
    expect((await validate(fixture('sdnbridge'), '--bin-dir', bin)).stdout).not.toContain(
      'conf.types',
    );
  });

  it('says what it cannot read, and touches nothing', async () => {
    const none = await validate(join(folder, 'none.conf'));
    expect(none).toMatchObject({ exitCode: 5, stdout: '' });
    expect(none.stderr).toContain('none.conf cannot be read: ENOENT');
    const empty = await validate(folder);
    expect(empty).toMatchObject({ exitCode: 5, stdout: '' });
    expect(empty.stderr).toContain('has no configuration in it');
    const other = await validate(written('10.conflist.bak', '{}'));
    expect(other).toMatchObject({ exitCode: 2, stdout: '' });
    expect(other.stderr).toContain(' | wincni config validate -\n');
    const noEnv = await validate(fixture('nat'), '--subnet-env', join(folder, 'none'));
    expect(noEnv).toMatchObject({ exitCode: 5, stdout: '' });
    const noBin = await validate(fixture('nat'), '--bin-dir', join(folder, 'none'));
    expect(noBin).toMatchObject({ exitCode: 5, stdout: '' });
    expect((await validate()).exitCode).toBe(2);
  });

  it('fits in 80 columns, but for what is to be copied', async () => {
    const { stdout } = await validate(fixture('win-overlay-policies'));
    const long = stdout.split('\n').filter((line) => line.length > 80);
    expect(long.filter((line) => !/^ +(?:do {2})?[{"]/.test(line))).toEqual([]);
  });
});
