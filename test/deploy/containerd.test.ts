import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { containerdCni } from '../../plugins/wincni/facts/containerd-config.ts';
import { saidFolders } from '../../plugins/wincni/facts/folders.ts';
import { root } from '../helpers/trial-node.ts';
import { manifestText, readManifest } from './manifest-files.ts';

const textOf = (name: string) => readFileSync(join(root, 'deploy', 'containerd', name), 'utf8');

const read = (text: string) => containerdCni([{ path: 'config.toml', text }]);

it.each([
  ['config-1.7.toml', 2, 'plugins."io.containerd.grpc.v1.cri".cni', 'bin_dir'],
  ['config-2.x.toml', 3, 'plugins."io.containerd.cri.v1.runtime".cni', 'bin_dirs'],
])('%s says the folders as its containerd reads them', (name, version, table, binKey) => {
  const cni = read(textOf(name));
  expect(cni).toEqual({
    version,
    table,
    isSet: true,
    confDir: 'C:\\etc\\cni\\net.d',
    binDirs: ['C:\\opt\\cni\\bin'],
    maxConfNum: 1,
    keys: Object.fromEntries(
      [binKey, 'conf_dir', 'max_conf_num'].map((key) => [key, 'config.toml']),
    ),
    problems: [],
  });
  expect(saidFolders({}, cni, new Map())).toMatchObject({
    bin: ['C:\\opt\\cni\\bin'],
    conf: ['C:\\etc\\cni\\net.d'],
  });
});

it.each(['config-1.7.toml', 'config-2.x.toml'])('what %s is without its table is told', (name) => {
  expect(read(textOf(name).replace('.cni]', '.cri]'))).toMatchObject({ isSet: false });
});

it('the DaemonSets write the configuration where these look for it', () => {
  const { initContainers } = readManifest(manifestText('vxlan')).daemonSet.spec.template.spec;
  const folder = initContainers[1]?.env?.find(({ name }) => name === 'CNI_CONF_DIR')?.value;
  expect(folder).toBe(read(textOf('config-2.x.toml')).confDir);
});
