import { formatCidr, parseCidr } from '../../cni/address.ts';
import { CniError, code } from '../../cni/error.ts';
import { hasCode } from '../../system/errors.ts';
import type { Host } from '../../system/host.ts';
import { readIfThere } from '../../system/whole-files.ts';

/** What flanneld says of this node, of each family it is complete in: IPv4 first. */
export interface SubnetEnv {
  /** The pods' networks in CIDR notation, each once. */
  readonly networks: readonly string[];
  /** This node's share of them, a subnet a family. */
  readonly subnets: readonly string[];
  /** Bytes. */
  readonly mtu: number;
  readonly ipMasq: boolean;
}

/** What a text that should be a subnet.env turned out to be. */
export type Reading =
  | { readonly kind: 'complete'; readonly env: SubnetEnv }
  | { readonly kind: 'incomplete'; readonly missing: readonly string[] }
  | { readonly kind: 'invalid'; readonly complaint: string };

interface Line {
  readonly value: string;
  /** Whether a line break follows: without one, more of it may still be coming. */
  readonly ended: boolean;
}

/**
 * Reads the text of a subnet.env, as flanneld or a person writes it: byte-order mark, CRLF,
 * comments, quotes, `export` and lines that assign nothing are fine; the last of two lines counts.
 * A wrong value in a line that has not ended counts as missing.
 */
export function parseSubnetEnv(text: string): Reading {
  const lines = assignments(text);
  const missing: string[] = [];
  const complaints: string[] = [];
  const read = <Value>(key: string, parse: (value: string) => Value | undefined, form: string) => {
    const line = lines.get(key);
    if (!line || line.value === '') return undefined;
    const value = parse(line.value);
    if (value !== undefined) return value;
    if (line.ended) complaints.push(`${key}: expected ${form}, found ${quoted(line.value)}`);
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
      networks: read(
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
  const usable = families.flatMap(({ networks, subnet }) =>
    networks && subnet ? [{ networks, subnet }] : [],
  );
  if (usable.length === 0) {
    const begun = families.filter(({ networks, subnet }) => networks ?? subnet);
    for (const { prefix, networks, subnet } of begun.length > 0 ? begun : families.slice(0, 1)) {
      required(`${prefix}NETWORK`, networks);
      required(`${prefix}SUBNET`, subnet);
    }
  }
  const mtu = required('FLANNEL_MTU', read('FLANNEL_MTU', wholeNumber, 'a number of bytes'));
  const ipMasq = required('FLANNEL_IPMASQ', read('FLANNEL_IPMASQ', truth, 'true or false'));

  const [complaint] = complaints;
  if (complaint !== undefined) return { kind: 'invalid', complaint };
  if (usable.length === 0 || mtu === undefined || ipMasq === undefined) {
    return { kind: 'incomplete', missing };
  }
  return {
    kind: 'complete',
    env: {
      networks: usable.flatMap(({ networks }) => networks),
      subnets: usable.map(({ subnet }) => subnet),
      mtu,
      ipMasq,
    },
  };
}

function assignments(text: string): ReadonlyMap<string, Line> {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const found = new Map<string, Line>();
  for (const [index, line] of lines.entries()) {
    const equals = line.indexOf('=');
    if (equals < 0) continue;
    const key = line
      .slice(0, equals)
      .trim()
      .replace(/^export\s/, '')
      .trim();
    const value = unquoted(line.slice(equals + 1).trim());
    found.set(key, { value, ended: index < lines.length - 1 });
  }
  return found;
}

/** A value without its quotes; what follows a `#` after white space is a comment. */
function unquoted(text: string): string {
  const quote = text[0];
  if (quote === '"' || quote === "'") {
    const end = text.indexOf(quote, 1);
    if (end > 0) return text.slice(1, end).trim();
  }
  const comment = text.search(/(?:^|\s)#/);
  return comment < 0 ? text : text.slice(0, comment).trim();
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

function truth(text: string): boolean | undefined {
  const known: Readonly<Record<string, boolean>> = { true: true, false: false };
  const folded = text.toLowerCase();
  return Object.hasOwn(known, folded) ? known[folded] : undefined;
}

function quoted(value: string): string {
  return JSON.stringify(value.slice(0, 80));
}

/** How long flanneld may take to finish the file, and how often it is looked at, in milliseconds. */
const patience = 3000;
const interval = 100;

/**
 * The node's subnet.env. On Windows flanneld writes it in place: half a file, or one that is in use,
 * is read again for up to three seconds. Throws code 11 when it is missing or stays incomplete, code
 * 7 when a value in it is wrong.
 */
export async function readSubnetEnv(host: Host, file: string): Promise<SubnetEnv> {
  const deadline = host.clock.now() + patience;
  for (let attempt = 1; ; attempt++) {
    const last = attempt > patience / interval || host.clock.now() >= deadline;
    const text = readUnlessInUse(host, file, last);
    if (text !== undefined) {
      const reading = parseSubnetEnv(text);
      if (reading.kind === 'complete') {
        host.log('subnet.env read', { file, attempt, ...reading.env });
        return reading.env;
      }
      if (reading.kind === 'invalid') throw invalid(file, reading.complaint);
      if (last) throw incomplete(file, reading.missing, text);
    }
    await host.clock.sleep(interval);
  }
}

/** The node's subnet.env as it is at this moment; undefined, and why in the log, when it is not. */
export function subnetEnvAtOnce(host: Host, file: string): SubnetEnv | undefined {
  let why: string;
  try {
    const text = readIfThere(host.files, file);
    const reading = text === undefined ? undefined : parseSubnetEnv(text);
    if (reading?.kind === 'complete') return reading.env;
    if (reading === undefined) why = 'it does not exist';
    else why = reading.kind === 'invalid' ? reading.complaint : `lacks ${reading.missing}`;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  host.log('subnet.env not usable', { file, why });
  return undefined;
}

function readUnlessInUse(host: Host, file: string, last: boolean): string | undefined {
  try {
    return host.files.read(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw missingFile(file, error);
    if (!last && hasCode(error, 'EBUSY')) return undefined;
    throw error;
  }
}

function missingFile(file: string, cause: unknown): CniError {
  return new CniError(
    code.tryAgain,
    `flanneld is not running: there is no ${file}`,
    'flanneld writes that file when it has a subnet for this node: see its log; "subnetFile" says where the file is looked for',
    { cause },
  );
}

function incomplete(file: string, missing: readonly string[], text: string): CniError {
  const encoding = text.includes('\0')
    ? '; it has null characters in it: UTF-16, or cut short by a power failure'
    : '';
  return new CniError(
    code.tryAgain,
    `${file} is missing ${missing.join(', ')}`,
    `read for ${patience / 1000} s: flanneld has not finished it, see flanneld's log${encoding}`,
  );
}

function invalid(file: string, complaint: string): CniError {
  return new CniError(
    code.invalidConfig,
    `invalid ${file}: ${complaint}`,
    'flanneld writes that file: correct its net-conf.json, or remove the file and restart flanneld',
  );
}
