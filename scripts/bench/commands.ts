import { join } from 'node:path';
import type { Attachment, Conflist } from '../runtime.ts';
import { requestConfig } from '../runtime.ts';
import { type SimulatedNode, simulatedNode } from '../simulated-node.ts';
import type { Timed } from './meter.ts';

/** The commands that are timed. */

const root = join(import.meta.dirname, '..', '..');

export const pod: Attachment = {
  containerId: 'bench',
  netns: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001',
  ifName: 'eth0',
};

export const version = (file: string): Timed => ({
  file,
  env: { CNI_COMMAND: 'VERSION' },
  says: 'supportedVersions',
});

/** How many addresses of 10.9.0.0/16 a pod can get. */
export const usableAddresses = 65_533;

/** The one of an index: 10.9.0.2 to 10.9.255.254. */
export function addressAt(index: number): string {
  const at = index + 2;
  return `10.9.${at >> 8}.${at & 255}`;
}

/** What ADD answers, whoever does it. */
const added = '"ips"';

/** How host-local is called, ours and the reference's alike. */
export function addressOf(file: string, folder: string, round: number): Timed {
  const ipam = { type: 'host-local', subnet: '10.9.0.0/16', dataDir: folder };
  return {
    file,
    says: added,
    stdin: JSON.stringify({ cniVersion: '1.0.0', name: 'bench', ipam }),
    env: {
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: `bench-${round}-${Math.random().toString(36).slice(2)}`,
      CNI_NETNS: 'none',
      CNI_IFNAME: 'eth0',
      CNI_PATH: folder,
    },
  };
}

/** A node of the overlay's example in a folder, its HNS simulated. */
export function overlayNode(folder: string, executables: string): SimulatedNode {
  return simulatedNode({
    folder,
    executables,
    hns: join(root, 'test/fixtures/hns/overlay.json'),
    conflist: join(root, 'test/fixtures/conf/flannel-overlay.conflist'),
    subnetEnv: join(root, 'test/fixtures/flannel/overlay.env'),
  });
}

/** ADD of the first plugin of a node's chain, as a runtime asks for it. */
export function chainAdd({ conflist, env }: SimulatedNode, cniPath: string): Timed {
  return {
    file: 'flannel',
    says: added,
    stdin: JSON.stringify(firstConfig(conflist)),
    env: {
      ...env,
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: pod.containerId,
      CNI_NETNS: pod.netns,
      CNI_IFNAME: pod.ifName,
      CNI_PATH: cniPath,
    },
  };
}

function firstConfig(conflist: Conflist) {
  return requestConfig(conflist, conflist.plugins[0] ?? {}, {});
}
