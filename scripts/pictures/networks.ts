import { box, type Kind, mark, svg, text, way } from './svg.ts';

/** The data path of a network mode: what a pod's packets go through, and what they look like behind it. */
export interface NetworkPicture {
  readonly file: string;
  readonly title: string;
  /** The pods of this node: their addresses. */
  readonly pods: readonly [string, string];
  /** HNS's network: its head, and what there is of it on the node. */
  readonly network: readonly string[];
  /** What stands between the switch and the wire: the node's own endpoint, its adapter. */
  readonly adapter: readonly string[];
  /** The three at the other side: another node, the world, a service. */
  readonly outside: readonly [readonly string[], readonly string[], readonly string[]];
  /** Where the fourth way leads, if not out. */
  readonly fourth?: 'in';
  /** Whether pods of one node reach each other in the switch. */
  readonly switched: boolean;
  /** What becomes of each way, by its number: to a pod here, to another node, to the world, to a service. */
  readonly ways: readonly [string, string, string, string];
}

export const networkPictures: readonly NetworkPicture[] = [
  {
    file: 'vxlan',
    title: 'VXLAN: flannel, win-overlay',
    pods: ['10.244.4.7', '10.244.4.8'],
    network: [
      'flannel.4096, Overlay',
      'subnet 10.244.4.0/24',
      'gateway 10.244.4.1',
      'VSID 4096',
      'RemoteSubnetRoute',
      'for each node',
    ],
    adapter: [
      "the node's adapter",
      'management address',
      '10.127.130.36',
      "is the endpoints'",
      'ProviderAddress',
    ],
    outside: [
      ['another node', 'pods 10.244.5.0/24', 'VTEP 10.127.130.37'],
      ['the world', 'sees 10.127.130.36'],
      ['a service', '10.96.0.10'],
    ],
    switched: true,
    ways: [
      'to a pod of this node: through the switch, as it is',
      "to a pod of another node: in VXLAN (VNI 4096, UDP 4789), from the provider address to that node's",
      "to the world: OutBoundNAT gives it the node's address, unless the exception list has the destination",
      "to a service: SDNRoute encapsulates it, kube-proxy's load balancer in the switch chooses the pod",
    ],
  },
  {
    file: 'host-gw',
    title: 'host-gw: flannel, win-bridge (L2Bridge)',
    pods: ['10.244.4.7', '10.244.4.8'],
    network: [
      'cbr0, L2Bridge',
      'subnet 10.244.4.0/24',
      "HNS's gateway .1",
      "the pods' gateway .2",
      'is the node itself',
    ],
    adapter: [
      'cbr0_ep 10.244.4.2',
      'forwards, in the',
      "node's compartment",
      'routes of flanneld:',
      '10.244.5.0/24',
      'via 10.127.130.37',
    ],
    outside: [
      ['another node', 'pods 10.244.5.0/24', '10.127.130.37'],
      ['the world', 'sees 10.127.130.36'],
      ['a service', '10.96.0.10'],
    ],
    switched: true,
    ways: [
      'to a pod of this node: through the switch, as it is',
      "to a pod of another node: by the second address, then by the node's route, the pod's address in it",
      "to the world: OutBoundNAT gives it the node's address, unless the exception list has the destination",
      "to a service: the ROUTE policy leads it to the node, kube-proxy's load balancer chooses the pod",
    ],
  },
  {
    file: 'l2bridge',
    title: 'L2Bridge without flannel: win-bridge, sdnbridge',
    pods: ['10.10.4.7', '10.10.4.8'],
    network: [
      'azure, L2Bridge',
      'subnet 10.10.4.0/24',
      'pods have the MAC',
      'address of the node',
      'on the wire',
    ],
    adapter: [
      "the node's adapter",
      '10.10.4.4',
      'second address .2',
      'for the node, where',
      'the mode has it',
    ],
    outside: [
      ['another node', 'whatever routes', 'between the subnets'],
      ['the world', 'sees 10.10.4.4'],
      ['a service', '10.0.0.10'],
    ],
    switched: true,
    ways: [
      'to a pod of this node: through the switch, as it is',
      "to a pod of another node: by the gateway, the pod's address in it; the network must know the way back",
      "to the world: OutBoundNAT gives it the node's address, unless the exception list has the destination",
      "to a service: kube-proxy's load balancer in the switch chooses the pod",
    ],
  },
  {
    file: 'l2tunnel',
    title: 'L2Tunnel: win-bridge or sdnbridge, azure-vnet-ipam',
    pods: ['10.240.0.7', '10.240.0.8'],
    network: [
      'azure, L2Tunnel',
      'subnet 10.240.0.0/16',
      'no switching here:',
      'all goes out to the',
      "host's fabric",
    ],
    adapter: [
      "the node's adapter",
      '10.240.0.4',
      "each pod's address is",
      "one of the adapter's,",
      'known to the cloud',
    ],
    outside: [
      ['another node', 'pods 10.240.0.0/16', 'one flat network'],
      ['the world', 'sees what the', 'cloud makes of it'],
      ['a service', '10.0.0.10'],
    ],
    switched: false,
    ways: [
      'to a pod of this node: out to the fabric, which applies its rules, and back',
      "to a pod of another node: the fabric knows every pod's address",
      "to the world: OutBoundNAT gives it the node's address, unless the exception list has the destination",
      "to a service: kube-proxy's load balancer in the switch chooses the pod",
    ],
  },
  {
    file: 'transparent',
    title: 'Transparent: win-transparent',
    pods: ['192.168.10.57', '192.168.10.58'],
    network: [
      'transparent0',
      'Transparent',
      'the physical network',
      'itself: its subnet,',
      'its gateway',
    ],
    adapter: [
      "the node's adapter",
      '192.168.10.5',
      'pods have MAC',
      'addresses of their own:',
      'a virtual machine needs',
      'MAC spoofing on',
    ],
    outside: [
      ['another node', '192.168.10.6'],
      ['the world', "by the network's", 'own gateway'],
      ['a service', '10.96.0.10'],
    ],
    switched: true,
    ways: [
      'to a pod of this node: through the switch, as it is',
      'to a pod of another node: over the wire, both are in one network',
      "to the world: with the pod's address; what the network's gateway does with it is its affair",
      'to a service: where kube-proxy serves such a network, its load balancer chooses the pod',
    ],
  },
  {
    file: 'nat',
    title: 'NAT: nat',
    pods: ['172.24.16.7', '172.24.16.8'],
    network: [
      'nat, NAT',
      'subnet 172.24.16.0/20',
      'gateway 172.24.16.1',
      'HNS chooses the',
      'addresses',
    ],
    adapter: ['WinNAT', 'in the node', 'host ports: port', 'mappings lead in'],
    outside: [
      ['another node', 'cannot reach these', 'pods but by ports'],
      ['the world', "sees the node's", 'address'],
      ['a service', 'none: not for', 'clusters'],
    ],
    switched: true,
    fourth: 'in',
    ways: [
      'to a pod of this node: through the switch, as it is',
      "to another node: as to the world, with the node's address",
      "to the world: WinNAT gives it the node's address",
      "in from the outside: by a port mapping, from the node's port to the pod's",
    ],
  },
];

const kinds: readonly Kind[] = ['one', 'two', 'three', 'four'];
/** Each way begins at a pod, or ends there; the numbers are explained below. */
const beyond = [
  way('two', 2, [
    [166, 208],
    [600, 208],
    [600, 94],
    [638, 94],
  ]),
  way('three', 3, [
    [166, 230],
    [616, 230],
    [616, 172],
    [638, 172],
  ]),
];
const toService = way('four', 4, [
  [166, 252],
  [638, 252],
]);
const fromOutside = way('four', 4, [
  [626, 252],
  [152, 252],
]);
const paths = {
  switched: [
    way('one', 1, [
      [166, 103],
      [204, 103],
      [204, 190],
      [152, 190],
    ]),
    ...beyond,
  ],
  unswitched: [
    way('one', 1, [
      [166, 103],
      [204, 103],
      [204, 186],
      [590, 186],
      [590, 194],
      [152, 194],
    ]),
    ...beyond,
  ],
} as const;

const size = { width: 840, height: 400 };

/** Draws the data path of a mode. */
export function drawNetwork({
  adapter,
  fourth,
  network,
  outside,
  pods,
  switched,
  title,
  ways,
}: NetworkPicture): string {
  const [first, second] = pods;
  const [other, world, service] = outside;
  const shapes = [
    text(20, 28, 'plain', title, 'head'),
    box({ x: 14, y: 42, width: 560, height: 240 }, 'node', ['Windows node'], true),
    box({ x: 30, y: 74, width: 120, height: 58 }, 'pod', ['pod', first]),
    box({ x: 30, y: 186, width: 120, height: 84 }, 'pod', ['pod', second]),
    box({ x: 186, y: 62, width: 196, height: 208, indent: 34 }, 'hns', network),
    box({ x: 398, y: 62, width: 162, height: 208 }, 'hns', adapter),
    box({ x: 640, y: 62, width: 180, height: 64 }, 'outside', other),
    box({ x: 640, y: 140, width: 180, height: 64 }, 'outside', world),
    box({ x: 640, y: 218, width: 180, height: 64 }, 'outside', service),
    ...paths[switched ? 'switched' : 'unswitched'],
    fourth === 'in' ? fromOutside : toService,
    ...ways.flatMap((words, index) => [
      mark(kinds[index] ?? 'plain', index + 1, 30, 318 + 22 * index),
      text(48, 322 + 22 * index, 'plain', words),
    ]),
  ];
  return svg(
    size,
    `The data path of ${title}`,
    ways.map((words, at) => `${at + 1}: ${words}.`).join(' '),
    shapes,
  );
}
