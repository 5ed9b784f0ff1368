import { defined, type MayLack } from '../../../../system/defined.ts';
import type { Facts } from '../../facts/facts.ts';
import { type Flags, isOn, startedAs } from './started.ts';

/** What is known of kube-proxy. */
export type KubeProxy =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly why: string }
  | ({ readonly kind: 'known' } & KubeProxySettings);

export interface KubeProxySettings {
  readonly hostname?: string;
  /** The network's name by --network-name, else by the machine's KUBE_NETWORK (kube-proxy's winkernel, getNetworkName). */
  readonly network?: string;
  readonly networkFrom: '--network-name' | 'KUBE_NETWORK';
  readonly sourceVip?: string;
  readonly clusterCidr?: string;
  readonly dsr: boolean;
  /** The feature gates that are named, on or off. */
  readonly gates: ReadonlyMap<string, boolean>;
}

/** kube-proxy's settings as its command line has them. A file of settings is not among the facts. */
export function readKubeProxy(facts: Facts): KubeProxy {
  const started = startedAs(facts, 'kube-proxy');
  if (started.kind !== 'known') return started;
  const { flags } = started;
  const file = flags.get('config');
  if (file !== undefined) {
    return { kind: 'unknown', why: `kube-proxy has its settings from ${file}, which is not read` };
  }
  const named = flags.get('network-name') || undefined;
  return defined({
    kind: 'known' as const,
    hostname: flags.get('hostname-override') || undefined,
    network: named ?? (facts.environment?.['KUBE_NETWORK'] || undefined),
    networkFrom: named === undefined ? ('KUBE_NETWORK' as const) : ('--network-name' as const),
    sourceVip: flags.get('source-vip') || undefined,
    clusterCidr: flags.get('cluster-cidr') || undefined,
    dsr: isOn(flags.get('enable-dsr')),
    gates: gatesOf(flags),
  } satisfies MayLack<{ kind: 'known' } & KubeProxySettings>);
}

/** `--feature-gates=WinOverlay=true,WinDSR=true`. */
function gatesOf(flags: Flags): ReadonlyMap<string, boolean> {
  const pairs = (flags.get('feature-gates') ?? '').replaceAll(/["']/g, '').split(',');
  return new Map(
    pairs.flatMap((pair) => {
      const [name = '', value] = pair.split('=').map((part) => part.trim());
      return name === '' ? [] : [[name, isOn(value)] as const];
    }),
  );
}
