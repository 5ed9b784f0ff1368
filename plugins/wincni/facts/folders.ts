import type { Flags } from '../checks/reading/started.ts';
import type { ContainerdCni } from './containerd-config.ts';
import { pathKey } from './node-paths.ts';

/** Where the folders and files of a node usually are; paths of Windows, from its system drive. */
export const usual = {
  /**
   * containerd's own default, Microsoft's and sig-windows-tools' scripts', RKE2's.
   * Its own is what a containerd that is started without --config reads.
   */
  containerd: [
    'C:\\Program Files\\containerd\\config.toml',
    'C:\\etc\\containerd\\config.toml',
    'C:\\var\\lib\\rancher\\rke2\\agent\\etc\\containerd\\config.toml',
    'C:\\k\\containerd\\config.toml',
  ],
  // RKE2's has no net.d behind it (its pkg/executor/pebinary).
  conf: [
    'C:\\Program Files\\containerd\\cni\\conf',
    'C:\\etc\\cni\\net.d',
    'C:\\k\\cni\\config',
    'C:\\var\\lib\\rancher\\rke2\\agent\\etc\\cni',
  ],
  bin: [
    'C:\\Program Files\\containerd\\cni\\bin',
    'C:\\opt\\cni\\bin',
    'C:\\k\\cni',
    'C:\\k\\cni\\bin',
    'C:\\var\\lib\\rancher\\rke2\\bin',
  ],
  /** Where kube-proxy's address is written down: Microsoft's scripts, sig-windows-tools', its kube-proxy's. */
  sourceVip: ['C:\\k', 'C:\\sourcevip', 'C:\\k\\kube-proxy'].flatMap((folder) => [
    `${folder}\\sourceVip.json`,
    `${folder}\\sourceVipRequest.json`,
  ]),
  netConf: ['C:\\etc\\kube-flannel\\net-conf.json', 'C:\\k\\net-conf.json'],
  /** RKE2's, Microsoft's scripts' and those of nssm's services. */
  flanneldLog: [
    'C:\\var\\lib\\rancher\\rke2\\agent\\logs\\flanneld.log',
    'C:\\k\\logs\\flanneld.log',
    'C:\\k\\flanneld.log',
  ],
  /** Beside containerd's own, and the folders of PATH. */
  crictl: [
    'C:\\Program Files\\containerd',
    'C:\\k',
    'C:\\usr\\local\\bin',
    'C:\\var\\lib\\rancher\\rke2\\bin',
    'C:\\opt\\bin',
  ],
} as const;

/** Where containerd's configuration is looked for: where its command says, or where it usually is. */
export function containerdPaths(flags: Flags): readonly [string, ...string[]] {
  const said = flags.get('config') ?? flags.get('c');
  return said === undefined ? usual.containerd : [said];
}

/** What is said of the folders in use; the usual ones count where they are there. */
export interface SaidFolders {
  readonly conf: readonly string[];
  readonly bin: readonly string[];
  readonly maxConfNum?: number;
}

/**
 * Where the runtime takes its configuration and its plugins from, as somebody says it: the operator;
 * containerd's configuration, or its default where it says nothing; kubelet's flags (dockershim).
 */
export function saidFolders(
  said: { readonly conf?: string | undefined; readonly bin?: string | undefined },
  cni: ContainerdCni | undefined,
  kubelet: Flags,
): SaidFolders {
  const flags = (name: string) => (kubelet.get(name) ?? '').split(',');
  const [conf, bin] = cni
    ? [[cni.confDir ?? usual.conf[0]], cni.binDirs.length > 0 ? cni.binDirs : [usual.bin[0]]]
    : [[], []];
  const listed = (folders: readonly string[]) => distinct(folders.filter((each) => each !== ''));
  return {
    conf: listed([said.conf ?? '', ...conf, ...flags('cni-conf-dir')]),
    bin: listed([said.bin ?? '', ...bin, ...flags('cni-bin-dir')]),
    ...(cni ? { maxConfNum: cni.maxConfNum ?? 1 } : {}),
  };
}

/** Paths of Windows, each once: in whatever letters and with whatever slashes. */
export function distinct(paths: readonly string[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const key = pathKey(path);
    if (!seen.has(key)) seen.set(key, path);
  }
  return [...seen.values()];
}
