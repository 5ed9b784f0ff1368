import { expect, test } from 'vitest';
import { gatherFiles } from '../../../../plugins/wincni/facts/gather-files.ts';
import { lacking } from '../../../../plugins/wincni/facts/probe.ts';
import { memoryFiles, systemError } from '../../../helpers/memory-files.ts';

const rke2 = 'C:\\var\\lib\\rancher\\rke2\\agent';
const conf = 'C:\\etc\\cni\\net.d';

/** The files of a Windows node; some of them only for administrators. */
function nodeFiles(texts: Readonly<Record<string, string>>, denied: readonly string[] = []) {
  const { files } = memoryFiles(() => 0);
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf('\\'));
  return {
    ...files,
    read(path: string) {
      if (denied.includes(path)) throw systemError('EACCES', 'open', path);
      const text = texts[path];
      if (text === undefined) throw systemError('ENOENT', 'open', path);
      return text;
    },
    list(folder: string) {
      const names = Object.keys(texts).filter((path) => folderOf(path) === folder);
      if (names.length === 0) throw systemError('ENOENT', 'scandir', folder);
      return names.map((path) => path.slice(folder.length + 1));
    },
  };
}

function gathered(texts: Readonly<Record<string, string>>, denied: readonly string[] = []) {
  const found = lacking();
  const flanneld = `flanneld.exe --kube-subnet-mgr --net-config-path=${rke2}\\flanneld-net-conf.json`;
  const facts = gatherFiles(
    {
      files: nodeFiles(texts, denied),
      said: {},
      running: { processes: [{ name: 'flanneld.exe', pid: 7, command: flanneld }] },
      drive: 'C:',
    },
    found,
  );
  return { facts, missing: found.missing };
}

const whole = {
  [`${conf}\\10-flannel.conflist`]: '{}',
  [`${rke2}\\flanneld-net-conf.json`]: '{"Network": "10.42.0.0/16"}',
  'C:\\k\\net-conf.json': '{"Network": "10.9.0.0/16"}',
  'C:/run/flannel/subnet.env': 'FLANNEL_MTU=1450\n',
  'C:\\Program Files\\containerd\\config.toml': `version = 2\n[plugins."io.containerd.grpc.v1.cri".cni]\nconf_dir = '${conf}'\n`,
};

test('flanneld’s configuration is the one that its flag names', () => {
  expect(gathered(whole).facts.netConf).toEqual({
    path: `${rke2}\\flanneld-net-conf.json`,
    text: '{"Network": "10.42.0.0/16"}',
  });
});

test('of flanneld’s log the end is told, however long it is', () => {
  const log = `${rke2}\\logs\\flanneld.log`;
  const lines = `I0402 main.go:1] ${'x'.repeat(80)}\n`.repeat(20_000);
  const { facts } = gathered({ ...whole, [log]: `${lines}E0402 last\n` });
  expect(facts.flanneldLog?.path).toBe(log);
  expect(facts.flanneldLog?.text).toMatch(/^I0402 [\s\S]*\nE0402 last\n$/);
  expect(facts.flanneldLog?.text?.length).toBeLessThan(70_000);
});

test.each([
  ['configurations', `${conf}\\10-flannel.conflist`],
  ['netConf', `${rke2}\\flanneld-net-conf.json`],
  ['subnetEnv', 'C:/run/flannel/subnet.env'],
  ['containerd', 'C:\\Program Files\\containerd\\config.toml'],
])('without rights %s is not known, and no fault', (fact, path) => {
  expect(gathered(whole).missing).toEqual([]);
  expect(gathered(whole, [path]).missing).toEqual([
    { fact, reason: 'administrator', what: `${path}: EACCES` },
  ]);
});
