import { expect, test } from 'vitest';
import { containerdCni, importsOf } from '../../../../plugins/wincni/facts/containerd-config.ts';

const file = (text: string, path = 'config.toml') => ({ path, text });

const v2 = (keys: string) =>
  `version = 2\n[plugins."io.containerd.grpc.v1.cri".cni]\n${keys.replaceAll('; ', '\n')}`;

const cases: readonly (readonly [string, readonly { path: string; text: string }[], object])[] = [
  [
    'version 2',
    [file(v2('bin_dir = \'C:\\opt\\cni\\bin\'; conf_dir = "C:\\\\etc\\\\cni\\\\net.d"'))],
    { version: 2, isSet: true, binDirs: ['C:\\opt\\cni\\bin'], confDir: 'C:\\etc\\cni\\net.d' },
  ],
  [
    'version 3, with a byte-order mark',
    [
      file(
        "\uFEFFversion = 3\n[plugins.'io.containerd.cri.v1.runtime'.cni]\nbin_dirs = ['a', 'b']\nmax_conf_num = 0",
      ),
    ],
    {
      version: 3,
      table: 'plugins."io.containerd.cri.v1.runtime".cni',
      binDirs: ['a', 'b'],
      maxConfNum: 0,
    },
  ],
  [
    'no version is version 1',
    [file("[plugins.cri.cni]\nconf_dir = 'c'")],
    { version: 1, table: 'plugins.cri.cni', confDir: 'c' },
  ],
  [
    "another version's table says nothing",
    [file('version = 3\n[plugins."io.containerd.grpc.v1.cri".cni]\nconf_dir = \'c\'')],
    { isSet: false, binDirs: [], keys: {} },
  ],
  [
    'both bin_dir and bin_dirs are told',
    [file(v2("bin_dir = 'a'; bin_dirs = ['b']"))],
    { binDirs: ['b'], keys: { bin_dir: 'config.toml', bin_dirs: 'config.toml' } },
  ],
  [
    'a later file goes before, key by key; what is empty says nothing; lists are added to',
    [
      file(v2("bin_dirs = ['a']; conf_dir = 'c'; conf_template = 't'"), 'one'),
      file(v2("bin_dirs = ['a', 'b']; conf_dir = 'd'; conf_template = ''"), 'two'),
    ],
    { binDirs: ['a', 'b'], confDir: 'd', confTemplate: 't', keys: { conf_dir: 'two' } },
  ],
  [
    'what is of no use is a problem that names its file',
    [file(v2("bin_dir = 7; bin_dirs = 'a'; max_conf_num = 'x'"), 'one')],
    {
      binDirs: [],
      problems: [
        'one: bin_dir is no text',
        'one: bin_dirs is no list of texts',
        'one: max_conf_num is no whole number',
      ],
    },
  ],
  ['nothing', [], { isSet: false, version: 2, problems: [] }],
];

test.each(cases)('containerd: %s', (_, files, expected) => {
  expect(containerdCni(files)).toMatchObject(expected);
});

test('a file that cannot be read, or is no TOML, keeps no other from being read', () => {
  const read = containerdCni([
    { path: 'gone', error: 'ENOENT' },
    file('= nonsense [', 'bad'),
    file(v2("conf_dir = 'c'")),
  ]);
  expect(read.confDir).toBe('c');
  expect(read.problems).toEqual([
    'gone cannot be read: ENOENT',
    expect.stringMatching(/^bad is no TOML: \S/),
  ]);
});

test('an import may not be of a newer version than the file that imports it', () => {
  const read = containerdCni([file('version = 2', 'one'), file('version = 3', 'two')]);
  expect(read.problems).toEqual(['two has version = 3, the file that imports it version = 2']);
});

test('a key named like a method of objects is a key', () => {
  expect(containerdCni([file('version = 2\n[plugins.constructor]\na = 1')]).isSet).toBe(false);
});

test('imports are given as they are written', () => {
  expect(importsOf('imports = ["conf.d/*.toml", 7]')).toEqual(['conf.d/*.toml']);
  expect(importsOf('imports = nonsense')).toEqual([]);
});
