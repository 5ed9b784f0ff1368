import * as z from 'zod/mini';
import { jsonText } from '../checks/reading/snippets.ts';
import { operatorCommand } from '../command.ts';
import { generated } from '../config/generated.ts';
import { readWanted } from '../config/wanted.ts';
import { exit } from '../exit.ts';
import { shared } from '../given.ts';

/** `wincni config generate`: a configuration to begin with. It writes no file and asks nobody. */
export const configGenerateCommand = operatorCommand({
  name: 'config generate',
  summary: 'prints a configuration for a kind of network',
  about:
    'Prints a configuration (a .conflist) on standard output, and what is typed without effect on standard error. ' +
    'It asks nobody and writes no file. It is for runtimes with namespaces (containerd).\n\n' +
    'vxlan and host-gw are networks that flanneld makes; l2bridge, l2tunnel and transparent are made by others, and host-local gives addresses of --pod-cidr; ' +
    'nat is made by the plugin, where it is missing.\n\n' +
    'Two blocks with a comma between, one of each family, are for dual stack (not vxlan, not nat).',
  options: [
    ['--mode <mode>', 'vxlan, host-gw, l2bridge, l2tunnel, nat or transparent'],
    ['--cluster-cidr <cidr>', "the pods' network, of all nodes"],
    ['--service-cidr <cidr>', "the services' network"],
    ['--dns <addresses>', "the cluster's DNS service"],
    ['--node-subnet <cidr>', "the nodes' own network: pods reach it without SNAT"],
    ['--node-address <ip>', "this node's address, which a bridge's pods reach by the node"],
    ['--pod-cidr <cidr>', "this node's share of the pods' network, where no flanneld says it"],
    ['--gateway <ip>', "of a transparent network's pods; the first address, if not said"],
    ['--cluster-domain <domain>', 'cluster.local, if not said'],
    ['--name <name>', "the network's name in HNS; flanneld's own, if not said"],
    ['--cni-version <version>', '1.0.0, if not said; 1.1.0 needs containerd 2'],
    ['--hns <way>', 'native or powershell'],
  ],
  examples: [
    [
      'wincni config generate --mode vxlan --cluster-cidr 10.244.0.0/16 --service-cidr 10.96.0.0/12 --dns 10.96.0.10',
      'for flannel with the backend vxlan',
    ],
    [
      'wincni config generate --mode l2bridge --cluster-cidr 10.244.0.0/16 --service-cidr 10.96.0.0/12 --dns 10.96.0.10 --pod-cidr 10.244.4.0/24',
      'for a bridge that is there, with addresses of host-local',
    ],
  ],
  given: () => {
    const text = z.optional(z.string());
    return z.object({
      options: z.object({
        ...shared(),
        mode: text,
        clusterCidr: text,
        serviceCidr: text,
        podCidr: text,
        nodeSubnet: text,
        nodeAddress: text,
        gateway: text,
        dns: text,
        clusterDomain: text,
        name: text,
        cniVersion: text,
        hns: text,
      }),
    });
  },
  document: () =>
    z.object({
      configuration: z.object({
        cniVersion: z.string(),
        name: z.string(),
        plugins: z.array(z.record(z.string(), z.unknown())),
      }),
      notes: z.array(z.string()),
    }),
  async run({ writeStderr }, { options }) {
    const wanted = readWanted(options);
    const configuration = generated(wanted);
    if (!options.json) for (const note of wanted.notes) writeStderr(`note: ${note}\n`);
    return {
      exitCode: exit.fine,
      document: { configuration, notes: wanted.notes },
      text: () => `${jsonText(configuration)}\n`,
    };
  },
});
