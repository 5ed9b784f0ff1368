import { describe, expect, it, test } from 'vitest';
import packageFile from '../../package.json' with { type: 'json' };
import { flannelNetworks } from '../../scripts/manifests/networks.ts';
import { complaints, daemonSetRules } from './daemonset-rules.ts';
import { manifestText, readManifest } from './manifest-files.ts';

const { version } = packageFile;

it.each(flannelNetworks)('the DaemonSet for %s keeps to the rules', (network) => {
  expect(complaints(readManifest(manifestText(network)).daemonSet, version)).toEqual({});
});

/** What an edit may come to: the rule that must see it, and the edit. */
const edits: readonly (readonly [rule: string, from: string | RegExp, to: string])[] = [
  ['hostNetwork is true', 'hostNetwork: true', 'hostNetwork: false'],
  ['hostNetwork is true', /^ +hostNetwork: true\n/m, ''],
  ['every container is a HostProcess container', 'hostProcess: true', 'hostProcess: false'],
  [
    'every container is a HostProcess container',
    '- name: flanneld\n',
    '- name: flanneld\n          securityContext: {windowsOptions: {hostProcess: false}}\n',
  ],
  ['runs as an account of Windows', 'NT AUTHORITY\\SYSTEM', 'ContainerAdministrator'],
  ['runs as an account of Windows', /^ +runAsUserName:.*\n/m, ''],
  [
    'runAsNonRoot is not true',
    'hostProcess: true',
    'hostProcess: true\n          runAsNonRoot: true',
  ],
  [
    'nothing of Linux is set',
    '- name: flanneld\n',
    '- name: flanneld\n          securityContext: {privileged: false}\n',
  ],
  ['goes to Windows nodes of amd64 alone', 'values: [windows]', 'values: [windows, linux]'],
  ['goes to Windows nodes of amd64 alone', 'values: [amd64]', 'values: [arm64]'],
  ['goes to Windows nodes of amd64 alone', 'kubernetes.io/arch', 'kubernetes.io/os'],
  ['tolerates every taint', '- operator: Exists', '- {operator: Exists, effect: NoSchedule}'],
  ['is critical to the node', 'system-node-critical', 'system-cluster-critical'],
  ["is flannel's, by namespace", 'serviceAccountName: flannel', 'serviceAccountName: default'],
  ["is flannel's, by namespace", /namespace: kube-flannel/g, 'namespace: kube-system'],
  [
    'selects its own pods',
    / {6}app: flannel-windows\n {2}updateStrategy/,
    '      app: other\n  updateStrategy',
  ],
  ['selects its own pods', /app: flannel-windows/g, 'app: flannel'],
  ['installs the plugins, then', '- name: install', '- name: setup'],
  ['its image has a tag', 'flanneld-windows:v0.28.9', 'flanneld-windows'],
  ['its image has a tag', 'flanneld-windows:v0.28.9', 'flanneld-windows:latest'],
  ['an image of wincni is of this version', `wincni:v${version}`, 'wincni:v9.9.9'],
  ['installs with wincni, and asks nobody', '"--yes"', '"--copy"'],
  ['starts a program by its name', '[wincni.exe,', '["C:\\\\Program Files\\\\wincni.exe",'],
  ['its words are none that cmd would change', "Stop';", "Stop'; $a | Out-Null;"],
  ['its words are none that cmd would change', '- >-', '- |-'],
  ['its words are none that cmd would change', '--ip-masq', '"--subnet-file=%TEMP%"'],
  ['`$(` is only where Kubernetes', '--iface=$(NODE_ADDRESS)', '--iface=$(POD_IP)'],
  ['`$(` is only where Kubernetes', "$from + '10", "$($from) + '10"],
  ['volumes are of ConfigMaps', 'projected:', 'hostPath: {path: C:\\etc}\n          other:'],
  ['mounts what there is, read-only', 'readOnly: true', 'readOnly: false'],
  [
    'mounts what there is, read-only',
    'volumes:\n        - name: configuration',
    'volumes:\n        - name: cni',
  ],
  ['flanneld knows its node', 'fieldPath: spec.nodeName', 'fieldPath: metadata.name'],
  ['flanneld reaches the API server', 'name: KUBERNETES_SERVICE_HOST', 'name: KUBERNETES_HOST'],
];

describe('the rules for DaemonSets', () => {
  test.each(edits)('"%s" sees %s become %s', (rule, from, to) => {
    const text = manifestText('vxlan');
    const broken = text.replace(from, () => to);
    expect(broken).not.toBe(text);
    const found = Object.keys(complaints(readManifest(broken).daemonSet, version));
    expect(found.map((name) => name.startsWith(rule))).toEqual([true]);
  });

  it('have an edit each', () => {
    const without = daemonSetRules.filter(
      ({ name }) => !edits.some(([rule]) => name.startsWith(rule)),
    );
    expect(without).toEqual([]);
  });

  it.each([
    ['a key twice', 'hostNetwork: true', 'hostNetwork: true\n      hostNetwork: true'],
    ['a tab', '      hostNetwork', '\thostNetwork'],
  ])('the file is not read with %s', (_, from, to) => {
    expect(() => readManifest(manifestText('vxlan').replace(from, to))).toThrow();
  });
});
