import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatCidr } from '../../../../../cni/address.ts';
import {
  attachingInEffect,
  type Configurations,
  placeOf,
  pluginsInEffect,
  readConfigurations,
} from '../../../../../plugins/wincni/checks/reading/configurations.ts';
import { root } from '../../../../helpers/trial-node.ts';

const fixture = (name: string) => readFileSync(join(root, 'test/fixtures', name), 'utf8');
const overlay = fixture('conf/flannel-overlay.conflist');
const env = fixture('flannel/overlay.env');

function read(
  files: Readonly<Record<string, string>>,
  more: { readonly maxConfNum?: number; readonly subnetEnv?: string } = {},
): Configurations {
  const { maxConfNum, subnetEnv } = more;
  return readConfigurations({
    folders: { conf: [], bin: [], ...(maxConfNum === undefined ? {} : { maxConfNum }) },
    configurations: Object.entries(files).map(([name, text]) => ({
      path: `C:\\etc\\cni\\net.d\\${name}`,
      text,
    })),
    ...(subnetEnv === undefined ? {} : { subnetEnv: { path: 'subnet.env', text: subnetEnv } }),
  });
}

const problemsOf = (read: Configurations) =>
  read.files.flatMap(({ problems }) => problems.map(({ at, what }) => `${at}: ${what}`));

/** The policies as ConvertTo-Json writes a list that came of a command. */
function asPowerShellWrites(text: string): string {
  return JSON.stringify(JSON.parse(text), (key, value) =>
    key === 'policies' ? { value: [...value], Count: value.length } : value,
  );
}

describe('which file is in effect', () => {
  const one = '{"cniVersion": "1.0.0", "name": "l2br", "type": "win-bridge"}';
  it.each<readonly [string, number | undefined, readonly string[]]>([
    ['one, where nothing is said', undefined, ['10-b.conflist']],
    ['as many as are said', 2, ['10-b.conflist', '20-a.conf']],
    ['all, where it says 0', 0, ['10-b.conflist', '20-a.conf', '30.json']],
  ])('%s', (_, maxConfNum, expected) => {
    const files = { '30.json': one, '20-a.conf': one, '10-b.conflist': overlay, '00.bak': one };
    const { files: found } = read(files, maxConfNum === undefined ? {} : { maxConfNum });
    expect(found.map(({ name }) => name)).toEqual(['10-b.conflist', '20-a.conf', '30.json']);
    expect(found.filter(({ inEffect }) => inEffect).map(({ name }) => name)).toEqual(expected);
  });
});

describe('what a file says', () => {
  it('flannel hands its delegate on with what subnet.env says', () => {
    const plugins = pluginsInEffect(read({ '10-flannel.conflist': overlay }, { subnetEnv: env }));
    expect(plugins.map((plugin) => [placeOf(plugin), plugin.plugin])).toEqual([
      ['10-flannel.conflist plugins[0]', 'flannel'],
      ['10-flannel.conflist plugins[0].delegate', 'win-overlay'],
    ]);
    const [, delegate] = plugins;
    expect(delegate?.call?.network).toBe('flannel.4096');
    expect(delegate?.attach?.addExceptions).toBe(true);
    expect(delegate?.attach?.exceptions.map(formatCidr)).toEqual(['10.244.0.0/16']);
    expect(delegate?.attach?.subnets.map(formatCidr)).toEqual(['10.244.1.0/24']);
    expect(delegate?.ipam).toBe('host-local');
    expect(delegate && placeOf(delegate, 'policies[0]')).toBe(
      '10-flannel.conflist plugins[0].delegate.policies[0]',
    );
  });

  it('without subnet.env the delegate is there, and no subnet', () => {
    const [delegate] = attachingInEffect(read({ '10-flannel.conflist': overlay }));
    expect(delegate?.attach?.subnets).toEqual([]);
    expect(delegate?.attach?.policies).toHaveLength(2);
  });

  it.each([
    ['line breaks of Windows', overlay.replaceAll('\n', '\r\n')],
    ['a byte-order mark', `\uFEFF${overlay}`],
    ['keys in another letter case', overlay.replace('"policies"', '"POLICIES"')],
    ['lists as PowerShell writes them', asPowerShellWrites(overlay)],
  ])('is the same with %s', (_, text) => {
    const [plain] = attachingInEffect(read({ '1.conflist': overlay }));
    const [other] = attachingInEffect(read({ '1.conflist': text }));
    expect(other?.attach?.policies).toHaveLength(2);
    expect(other?.attach).toEqual(plain?.attach);
  });

  it('a single configuration is read as a list of one', () => {
    const text = '{"cniVersion": "0.3.1", "name": "l2br", "type": "Win-Bridge.exe", "ipMasq": 7}';
    const [plugin] = attachingInEffect(read({ '1.conf': text }));
    expect(plugin && placeOf(plugin, 'ipMasq')).toBe('1.conf ipMasq');
    expect(plugin?.plugin).toBe('win-bridge');
    expect(plugin?.call?.version).toBe('0.3.1');
    expect(plugin?.attach?.addExceptions).toBe(false);
  });

  it("says what a plugin itself would answer, and the delegate's", () => {
    const text = overlay.replace('"10.96.0.0/12", "192', '"", "192');
    const [, delegate] = pluginsInEffect(read({ '1.conflist': text }));
    expect(delegate?.error?.message).toBe(
      'invalid network configuration: policies[0]: Exceptions: it is empty; was a template left unfilled?',
    );
    const [flannel] = pluginsInEffect(read({ '1.conflist': overlay.replace('win-', '../win-') }));
    expect(flannel?.error?.message).toContain('delegate.type: expected the name of an executable');
  });

  it.each([
    ['{"cniVersion" "1.0.0"}', ': is not JSON: line 1, column 15'],
    ['', ': is not JSON: it is empty'],
    ['[]', ': is not a JSON object'],
    ['{\0"\0', ': is not UTF-8'],
    ['{"name": "a"}', 'plugins: is missing'],
    ['{"name": "a", "plugins": []}', 'plugins: is an empty list'],
    ['{"name": "a", "plugins": [7]}', 'plugins[0]: expected an object'],
    ['{"name": "a", "plugins": [{"ipam": {}}]}', 'plugins[0].type: expected the name of a plugin'],
    [
      '{"Name": "a", "plugins": [{"type": "nat"}]}',
      'Name: runtimes (libcni) read the list\'s "name" in this letter case alone',
    ],
    [
      '{"name": "a", "plugins": {"value": [{"type": "nat"}], "Count": 1}}',
      'plugins: is an object with "value" and "Count", and runtimes read a list alone',
    ],
    [
      '\uFEFF{"name": "a", "plugins": [{"type": "nat"}]}',
      ': begins with a byte-order mark, and runtimes (libcni) do not read such a file',
    ],
  ])('what is wrong with %j', (text, problem) => {
    expect(problemsOf(read({ '1.conflist': text }))).toEqual([problem]);
  });

  it('a list under the name of a single configuration is read, and told', () => {
    const found = read({ '1.conf': overlay });
    expect(problemsOf(found)).toEqual([
      ': is a list of plugins under the name of a single one: no runtime reads it',
    ]);
    expect(attachingInEffect(found)).toHaveLength(1);
  });
});
