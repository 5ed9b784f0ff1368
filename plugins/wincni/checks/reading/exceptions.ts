import { type Cidr, cidrOf, parseCidr } from '../../../../cni/address.ts';
import { namesOf, policyType } from '../../../../hns-bridge/policy/types.ts';
import type { AttachConfig } from '../../../attach/config.ts';
import { exceptionsIn, isExceptionList } from '../../../attach/exception-lists.ts';
import type { Mode } from '../../../attach/modes.ts';
import type { Network } from '../../../attach/network.ts';
import { planPolicies } from '../../../attach/plan-policies.ts';
import type { ConfiguredPlugin } from './configurations.ts';
import { jsonLine } from './snippets.ts';

/** What a pod of a configuration is not masqueraded to. */
export interface Exceptions {
  /** Whether its traffic is masqueraded at all. */
  readonly masquerades: boolean;
  /** Every block, as the plan has them: those that are written, and those that ipMasq adds. */
  readonly planned: readonly Cidr[];
  /** Those that are written, in all lists, once each. */
  readonly written: readonly string[];
  /** The key of the first list that is written: `policies[0]`. */
  readonly list: string | undefined;
  /** The name that its blocks are written under: `ExceptionList`, `Exceptions`. */
  readonly key: string;
}

/** What ADD would ask of HNS for a pod: the plan's own merging, so that it cannot be another. */
export function exceptionsOf(
  plugin: ConfiguredPlugin & { readonly mode: Mode },
  config: AttachConfig,
  network: Network | undefined,
): Exceptions {
  const { call, mode } = plugin;
  const subnets = network?.subnets ?? config.subnets.map((cidr) => ({ cidr }));
  const { policies } = planPolicies({
    mode,
    config,
    network: network ?? { id: '', name: call?.network ?? '', type: '', subnets },
    // A pod's addresses: one of each family that there is a range of.
    ips: familiesOf(config).map((cidr) => ({ cidr })),
    loopbackDsr: false,
    dialect: call?.netns === 'none' ? 'v1' : 'v2',
  });
  const lists = policies.filter(({ value }) => isExceptionList(value));
  const written = config.policies.filter(({ value }) => isExceptionList(value));
  const [first] = written;
  return {
    masquerades: lists.length > 0,
    planned: lists.flatMap(({ value }) =>
      exceptionsIn(value).flatMap((text) => parseCidr(text) ?? []),
    ),
    written: [...new Set(written.flatMap(({ value }) => exceptionsIn(value)))],
    list: first?.from,
    key: first ? writtenKey(first.value.written?.settings ?? {}) : 'Exceptions',
  };
}

/** A block a family that the configuration's IPAM gives addresses of; of an IPAM that does not say it, IPv4. */
function familiesOf({ subnets }: AttachConfig): readonly Cidr[] {
  const found = ([4, 6] as const).flatMap(
    (family) => subnets.find((subnet) => subnet.family === family) ?? [],
  );
  return found.length > 0 ? found : [cidrOf({ family: 4, value: 0n }, 32)];
}

function writtenKey(settings: Readonly<Record<string, unknown>>): string {
  const key = policyType('OutBoundNAT')?.keys.find(({ name }) => name === 'Exceptions');
  const names = key ? namesOf(key, 'v2').map((name) => name.toLowerCase()) : [];
  return Object.keys(settings).find((name) => names.includes(name.toLowerCase())) ?? 'Exceptions';
}

/** A list of exceptions as it is pasted: `"ExceptionList": ["10.244.0.0/16", ...]`. */
export function exceptionLine(key: string, blocks: readonly string[]): string {
  return `"${key}": ${jsonLine(blocks)}`;
}

/** Blocks that no router of the internet takes (RFC 1918, 6598, 3927, 4193, 4291), and those of special use. */
const privateBlocks = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  '224.0.0.0/4',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
].flatMap((text) => parseCidr(text) ?? []);

/** Whether a block has addresses of the internet in it. */
export function isPublic(block: Cidr): boolean {
  return !privateBlocks.some(
    ({ family, first, last }) =>
      family === block.family && first <= block.first && block.last <= last,
  );
}
