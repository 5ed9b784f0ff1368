/** The data path of a network mode: what a pod's packets go through, and what they look like behind it. */
export interface NetworkPicture {
  readonly file: string;
  readonly title: string;
  /** The pods of this node: their addresses. */
  readonly pods: readonly [readonly string[], readonly string[]];
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

/** The modes that docs/networks has a page of; their addresses are those of the examples there. */
export const networkPictures: readonly NetworkPicture[] = [
  {
    file: 'vxlan',
    title: 'VXLAN: flannel, win-overlay',
    pods: [['10.244.1.7'], ['10.244.1.8']],
    network: [
      'flannel.4096, Overlay',
      'subnet 10.244.1.0/24',
      'gateway 10.244.1.1',
      'VSID 4096',
      'RemoteSubnetRoute',
      'for each node',
    ],
    adapter: [
      "the node's adapter",
      'management address',
      '192.168.10.5',
      "is the endpoints'",
      'ProviderAddress',
    ],
    outside: [
      ['another node', 'pods 10.244.5.0/24', 'VTEP 192.168.10.6'],
      ['the world', 'sees 192.168.10.5'],
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
    pods: [['10.244.2.7'], ['10.244.2.8']],
    network: [
      'cbr0, L2Bridge',
      'subnet 10.244.2.0/24',
      "HNS's gateway .1",
      "the pods' gateway .2",
      'is the node itself',
    ],
    adapter: [
      'cbr0_ep 10.244.2.2',
      'forwards, in the',
      "node's compartment",
      'routes of flanneld:',
      '10.244.5.0/24',
      'via 192.168.10.6',
    ],
    outside: [
      ['another node', 'pods 10.244.5.0/24', '192.168.10.6'],
      ['the world', 'sees 192.168.10.5'],
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
    pods: [['10.244.4.10'], ['10.244.4.11']],
    network: [
      'l2br, L2Bridge',
      'subnet 10.244.4.0/24',
      'pods have the MAC',
      'address of the node',
      'on the wire',
    ],
    adapter: [
      "the node's adapter",
      '192.168.10.5',
      'second address .2',
      'for the node, where',
      'the mode has it',
    ],
    outside: [
      ['another node', 'whatever routes', 'between the subnets'],
      ['the world', 'sees 192.168.10.5'],
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
    pods: [['10.241.0.7'], ['10.241.0.8']],
    network: [
      'azure-tunnel',
      'L2Tunnel',
      'subnet 10.241.0.0/16',
      'no switching here:',
      'all goes out to the',
      "host's fabric",
    ],
    adapter: [
      "the node's adapter",
      '10.241.0.4',
      "each pod's address is",
      "one of the adapter's,",
      'known to the cloud',
    ],
    outside: [
      ['another node', 'pods 10.241.0.0/16', 'one flat network'],
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
    pods: [['192.168.10.100'], ['192.168.10.101']],
    network: [
      'physical',
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
    pods: [['172.30.0.7'], ['172.30.0.8']],
    network: [
      'nat, NAT',
      'subnet 172.30.0.0/20',
      'gateway 172.30.0.1',
      'HNS chooses the',
      'addresses',
    ],
    adapter: ['WinNAT', 'in the node', 'host ports: port', 'mappings lead in'],
    outside: [
      ['another node', 'cannot reach these', 'pods but by ports'],
      ['the world', "sees the node's", 'address'],
      ['a client', "asks the node's", 'address and port'],
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
  {
    file: 'dual-stack',
    title: 'IPv4 and IPv6: win-bridge (L2Bridge)',
    pods: [
      ['10.244.7.3', 'fd00:10:244:7::3'],
      ['10.244.7.4', 'fd00:10:244:7::4'],
    ],
    network: [
      'dual, L2Bridge',
      '10.244.7.0/24',
      "the pods' gateway .2",
      'fd00:10:244:7::/64',
      "its gateway HNS's, ::1",
    ],
    adapter: [
      "the node's adapter",
      'an address of each',
      'family',
      'one OutBoundNAT',
      'for each family',
    ],
    outside: [
      ['another node', 'whatever routes both', 'families'],
      ['the world', "sees the node's address", 'of that family'],
      ['a service', '10.96.0.10, or of', 'fd00:96::/112'],
    ],
    switched: true,
    ways: [
      'to a pod of this node: through the switch, as it is',
      "to a pod of another node: by the gateway of its family, the pod's address in it",
      "to the world: that family's OutBoundNAT gives it the node's address, but for its exceptions",
      "to a service: kube-proxy's load balancer in the switch chooses the pod",
    ],
  },
];
