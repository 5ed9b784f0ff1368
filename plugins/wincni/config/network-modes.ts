import type { Typed } from './wanted.ts';

export type NetworkMode = 'vxlan' | 'host-gw' | 'l2bridge' | 'l2tunnel' | 'nat' | 'transparent';

interface NetworkModeRule {
  /** What attaches the pod. */
  readonly plugin: 'win-overlay' | 'win-bridge' | 'nat' | 'win-transparent';
  /** Whether flanneld makes the network, and says the node's subnet. */
  readonly byFlannel: boolean;
  /** Whether SNAT and services' routes are policies of the endpoint. */
  readonly hasPolicies: boolean;
  readonly families: readonly (4 | 6)[];
  /** The network's name, where none is given: flanneld's own. */
  readonly name: string;
  readonly needs: readonly ('--cluster-cidr' | '--service-cidr' | '--pod-cidr')[];
  /** Flags that say nothing here, and why. */
  readonly unused: readonly (readonly [flag: string, key: keyof Typed, why: string])[];
}

const noPolicies = (why: string) =>
  [
    ['--cluster-cidr', 'clusterCidr', why],
    ['--service-cidr', 'serviceCidr', why],
    ['--node-subnet', 'nodeSubnet', why],
    ['--node-address', 'nodeAddress', why],
  ] as const;

const ofFlannel = [
  ['--pod-cidr', 'podCidr', 'flanneld says it (subnet.env)'],
  ['--gateway', 'gateway', "the network's is taken"],
] as const;

const secondIsGateway = [
  '--gateway',
  'gateway',
  "the host's endpoint has it, the second address",
] as const;

/** The kinds of network a configuration is made for. */
export const networkModes: Readonly<Record<NetworkMode, NetworkModeRule>> = {
  vxlan: {
    plugin: 'win-overlay',
    byFlannel: true,
    hasPolicies: true,
    families: [4],
    name: 'flannel.4096',
    needs: ['--cluster-cidr', '--service-cidr'],
    unused: [...ofFlannel, ['--node-address', 'nodeAddress', 'HNS has it']],
  },
  'host-gw': {
    plugin: 'win-bridge',
    byFlannel: true,
    hasPolicies: true,
    families: [4, 6],
    name: 'cbr0',
    needs: ['--cluster-cidr', '--service-cidr'],
    unused: ofFlannel,
  },
  l2bridge: {
    plugin: 'win-bridge',
    byFlannel: false,
    hasPolicies: true,
    families: [4, 6],
    name: 'l2bridge',
    needs: ['--cluster-cidr', '--service-cidr', '--pod-cidr'],
    unused: [secondIsGateway],
  },
  l2tunnel: {
    plugin: 'win-bridge',
    byFlannel: false,
    hasPolicies: true,
    families: [4, 6],
    name: 'l2tunnel',
    needs: ['--cluster-cidr', '--service-cidr', '--pod-cidr'],
    unused: [secondIsGateway],
  },
  nat: {
    plugin: 'nat',
    byFlannel: false,
    hasPolicies: false,
    families: [4],
    name: 'nat',
    needs: [],
    unused: [
      ...noPolicies('WinNAT masquerades'),
      ['--gateway', 'gateway', "the network's is taken"],
    ],
  },
  transparent: {
    plugin: 'win-transparent',
    byFlannel: false,
    hasPolicies: false,
    families: [4, 6],
    name: 'transparent',
    needs: ['--pod-cidr'],
    unused: noPolicies('pods are on the physical network, and nothing is masqueraded'),
  },
};
