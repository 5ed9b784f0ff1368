import { parseEnv } from 'node:util';
import { formatCidr, parseCidr } from '../../cni/address.ts';
import { defined } from '../../system/defined.ts';

/** What flanneld says of this node, of each family it is complete in: IPv4 first. */
export interface SubnetEnv {
  /** What SNAT leaves alone: the pods' networks (FLANNEL_NETWORK) in CIDR notation, each once. */
  readonly exceptions: readonly string[];
  /** This node's share of the pods' networks, a subnet a family. */
  readonly subnets: readonly string[];
  /** Bytes. */
  readonly mtu: number;
  readonly ipMasq: boolean;
}

/** What a text that should be a subnet.env turned out to be. */
export type Reading =
  /** With what was passed over, for the log. */
  | { readonly kind: 'complete'; readonly env: SubnetEnv; readonly note?: string }
  | { readonly kind: 'incomplete'; readonly missing: readonly string[] }
  | { readonly kind: 'invalid'; readonly problem: string };

/**
 * Reads the text of a subnet.env, as flanneld or a person writes it: byte-order mark, CRLF,
 * comments, quotes, `export` and lines that assign nothing are fine; the last of two lines counts. A
 * wrong value in a line that has not ended counts as missing.
 */
export function parseSubnetEnv(text: string): Reading {
  const lines = assignments(text);
  const missing: string[] = [];
  const problems: string[] = [];
  const read = <Value>(key: string, parse: (value: string) => Value | undefined, form: string) => {
    const line = lines.get(key);
    if (!line || line.value === '') return undefined;
    const value = parse(line.value);
    if (value !== undefined) return value;
    if (line.ended) problems.push(`${key}: expected ${form}, found ${quoted(line.value)}`);
    return undefined;
  };
  const required = <Value>(key: string, value: Value | undefined) => {
    if (value === undefined) missing.push(key);
    return value;
  };

  const families = ([4, 6] as const).map((family) => {
    const prefix = family === 4 ? 'FLANNEL_' : 'FLANNEL_IPV6_';
    const example = family === 4 ? '10.244.1.0/24' : 'fd00:10:244:1::/64';
    return {
      prefix,
      exceptions: read(
        `${prefix}NETWORK`,
        (value) => cidrs(value, family),
        `an IPv${family} CIDR such as ${example}, or several with "," between them`,
      ),
      subnet: read(
        `${prefix}SUBNET`,
        (value) => cidr(value, family),
        `an IPv${family} CIDR such as ${example}`,
      ),
    };
  });
  const usable = families.flatMap(({ exceptions, subnet }) =>
    exceptions && subnet ? [{ exceptions, subnet }] : [],
  );
  if (usable.length === 0) {
    const begun = families.filter(({ exceptions, subnet }) => exceptions ?? subnet);
    for (const { prefix, exceptions, subnet } of begun.length > 0 ? begun : families.slice(0, 1)) {
      required(`${prefix}NETWORK`, exceptions);
      required(`${prefix}SUBNET`, subnet);
    }
  }
  const mtu = required('FLANNEL_MTU', read('FLANNEL_MTU', wholeNumber, 'a number of bytes'));
  const masquerading = lines.get('FLANNEL_IPMASQ');
  const ipMasq = required('FLANNEL_IPMASQ', masquerading && truth(masquerading));

  const [problem] = problems;
  if (problem !== undefined) return { kind: 'invalid', problem };
  if (usable.length === 0 || mtu === undefined || ipMasq === undefined) {
    return { kind: 'incomplete', missing };
  }
  const isSaid = masquerading && /^(?:true|false)$/i.test(masquerading.value);
  return defined({
    kind: 'complete' as const,
    note: isSaid
      ? undefined
      : `FLANNEL_IPMASQ: ${quoted(masquerading?.value ?? '')} is taken for false`,
    env: {
      exceptions: usable.flatMap(({ exceptions }) => exceptions),
      subnets: usable.map(({ subnet }) => subnet),
      mtu,
      ipMasq,
    },
  });
}

interface Line {
  readonly value: string;
  /** Whether a line break follows: without one, more of it may still be coming. */
  readonly ended: boolean;
}

function assignments(text: string): ReadonlyMap<string, Line> {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  return new Map(
    lines.flatMap((line, index) =>
      // Node knows `export` with a space behind it alone.
      Object.entries(parseEnv(line.replace(/^\s*export\s/, ''))).map(
        ([key, value = '']) =>
          [key, { value: value.trim(), ended: index < lines.length - 1 }] as const,
      ),
    ),
  );
}

/** A block in canonical form: FLANNEL_SUBNET is written with the host's own address in it. */
function cidr(text: string, family: 4 | 6): string | undefined {
  const block = parseCidr(text);
  return block?.family === family ? formatCidr(block) : undefined;
}

function cidrs(text: string, family: 4 | 6): readonly string[] | undefined {
  const blocks = new Set<string>();
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const block = cidr(part.trim(), family);
    if (block === undefined) return undefined;
    blocks.add(block);
  }
  return blocks.size > 0 ? [...blocks] : undefined;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= 0xffffffff ? Number(text) : undefined;
}

/** All but true is false, as in the reference; undefined for what may be the beginning of a word. */
function truth({ ended, value }: Line): boolean | undefined {
  const folded = value.toLowerCase();
  const isHalf = ['true', 'false'].some((word) => word !== folded && word.startsWith(folded));
  return isHalf && !ended ? undefined : folded === 'true';
}

function quoted(value: string): string {
  return JSON.stringify(value.slice(0, 80));
}
