import { join } from 'node:path';
import { stringify } from 'smol-toml';

/** Where a containerd of a test has its things, beside the machine's own if it has one. */
export interface ContainerdFolders {
  /** A folder of its own. */
  readonly folder: string;
  /** Where the plugins are. */
  readonly plugins: string;
  /** The pipe, or socket, that it listens at, without a scheme. */
  readonly address: string;
}

export const confFolder = ({ folder }: ContainerdFolders): string => join(folder, 'net.d');

/** The configuration of containerd 2: its own folders and pipe, our plugins, our network. */
export function containerdConfig(folders: ContainerdFolders): string {
  const { address, folder, plugins } = folders;
  return stringify({
    version: 3,
    root: join(folder, 'root'),
    state: join(folder, 'state'),
    grpc: { address },
    ttrpc: { address: `${address}.ttrpc` },
    plugins: {
      'io.containerd.cri.v1.runtime': {
        cni: { bin_dirs: [plugins], conf_dir: confFolder(folders), max_conf_num: 1 },
      },
    },
  });
}

/** The list of plugins of the pods' network: nat alone, the address chosen by HNS. */
export const podConflist = (network: string): string =>
  JSON.stringify({
    cniVersion: '1.1.0',
    name: network,
    plugins: [{ type: 'nat', ipam: {}, capabilities: { portMappings: true, dns: true } }],
  });

/** A pod for crictl, and a container in it that stays. */
export function podDocuments(name: string, image: string) {
  return {
    pod: {
      metadata: { name, namespace: 'default', uid: `${name}-uid`, attempt: 1 },
      log_directory: '',
      port_mappings: [{ protocol: 0, container_port: 80, host_port: 38_082 }],
    },
    container: {
      metadata: { name: 'stays' },
      image: { image },
      command: ['cmd', '/c', 'ping -t 127.0.0.1 > nul'],
      log_path: '',
    },
  };
}
