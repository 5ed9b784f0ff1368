import { type Cidr, formatCidr, parseCidr } from '../cni/address.ts';

/** What flanneld says of this node in subnet.env. */
export interface SubnetEnv {
  /** The networks of all nodes, IPv4. CIDRs, host bits cleared. */
  readonly networks: readonly string[];
  /** This node's subnet. */
  readonly subnet: string | undefined;
  readonly ipv6Networks: readonly string[];
  readonly ipv6Subnet: string | undefined;
  readonly mtu: number;
  readonly ipMasq: boolean;
}

/** A subnet.env that was read: whole, not written to its end yet, or wrong. */
export type SubnetEnvReading =
  | { readonly state: 'whole'; readonly env: SubnetEnv }
  | { readonly state: 'incomplete'; readonly missing: readonly string[] }
  | { readonly state: 'wrong'; readonly complaint: string };

/**
 * Reads the text of subnet.env. What is not `KEY=VALUE` is passed over: a byte-order mark, CRLF,
 * comments, blank lines, quotes, half a line (flanneld writes the file in place on Windows).
 */
export function readSubnetEnv(text: string): SubnetEnvReading {
  const values = readPairs(text);
  const missing = missingKeys(values);
  if (missing.length > 0) return { state: 'incomplete', missing };
  const complaints: string[] = [];
  const complain = (key: string, expected: string) => {
    complaints.push(`${key}: expected ${expected}, found ${JSON.stringify(values.get(key))}`);
  };
  const networks = (key: string, family: 4 | 6) => {
    const texts = (values.get(key) ?? '').split(',').map((part) => part.trim());
    const cidrs = texts.filter((part) => part !== '').map((part) => cidrOf(part, family));
    if (cidrs.includes(undefined)) complain(key, `IPv${family} CIDRs`);
    return [...new Set(cidrs.flatMap((cidr) => (cidr ? formatCidr(cidr) : [])))];
  };
  const subnet = (key: string, family: 4 | 6) => {
    const value = values.get(key);
    if (!value) return undefined;
    const cidr = cidrOf(value, family);
    if (!cidr) complain(key, `an IPv${family} CIDR`);
    // flanneld writes the node's own address in it: 10.244.1.1/24.
    return cidr && formatCidr(cidr);
  };
  const mtu = Number(values.get('FLANNEL_MTU'));
  if (!Number.isInteger(mtu) || mtu < 0) complain('FLANNEL_MTU', 'a number');
  const env: SubnetEnv = {
    networks: networks('FLANNEL_NETWORK', 4),
    subnet: subnet('FLANNEL_SUBNET', 4),
    ipv6Networks: networks('FLANNEL_IPV6_NETWORK', 6),
    ipv6Subnet: subnet('FLANNEL_IPV6_SUBNET', 6),
    mtu,
    ipMasq: values.get('FLANNEL_IPMASQ')?.toLowerCase() === 'true',
  };
  return complaints.length > 0
    ? { state: 'wrong', complaint: complaints.join('; ') }
    : { state: 'whole', env };
}

function readPairs(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const pair = /^\s*(?:export\s+)?([A-Z0-9_]+)\s*=\s*(.*?)\s*$/.exec(line);
    const [, key, value] = pair ?? [];
    if (key !== undefined && value !== undefined) values.set(key, unquoted(value));
  }
  return values;
}

function unquoted(value: string): string {
  return /^"(.*)"$/.exec(value)?.[1] ?? /^'(.*)'$/.exec(value)?.[1] ?? value;
}

/** Of each pair, one family is enough; MTU and IPMASQ must be there, as for the reference. */
function missingKeys(values: ReadonlyMap<string, string>): string[] {
  const has = (...keys: readonly string[]) => keys.some((key) => values.get(key));
  return [
    ...(has('FLANNEL_NETWORK', 'FLANNEL_IPV6_NETWORK') ? [] : ['FLANNEL_NETWORK']),
    ...(has('FLANNEL_SUBNET', 'FLANNEL_IPV6_SUBNET') ? [] : ['FLANNEL_SUBNET']),
    ...(has('FLANNEL_MTU') ? [] : ['FLANNEL_MTU']),
    ...(has('FLANNEL_IPMASQ') ? [] : ['FLANNEL_IPMASQ']),
  ];
}

function cidrOf(text: string, family: 4 | 6): Cidr | undefined {
  const cidr = parseCidr(text);
  return cidr?.family === family ? cidr : undefined;
}
