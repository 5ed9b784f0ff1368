import { type Cidr, holds, parseCidr } from '../../../cni/address.ts';
import { isThere } from '../../../system/is-there.ts';
import { exit, OperatorError } from '../exit.ts';
import type { Facts } from '../facts/facts.ts';
import type { Operator } from '../operator.ts';
import { type NodeState, subnetsOf, users } from './node-state.ts';
import { isMode, type ModeName, type WayName } from './setting.ts';

/** What was asked for, read. */
export interface Asked {
  readonly out: string;
  readonly modes: readonly ModeName[];
  readonly ways: readonly WayName[];
  readonly adapter: string | undefined;
  readonly subnet: Cidr;
  readonly vni: number;
  readonly atOnce: number;
  readonly restartHns: boolean;
}

/** The options as they were typed. */
export interface Typed {
  readonly destroyOn: string;
  readonly out: string;
  readonly modes: string;
  readonly ways: string;
  readonly adapter: string | undefined;
  readonly subnet: string;
  readonly vni: string;
  readonly atOnce: string;
  readonly restartHns: boolean;
}

const usage = (message: string, ...remedy: readonly string[]): OperatorError =>
  new OperatorError(exit.usage, message, remedy.length > 0 ? remedy : ['wincni acceptance --help']);

const refused = (message: string, ...remedy: readonly string[]): OperatorError =>
  new OperatorError(exit.unconfirmed, message, remedy);

/** Reads the options. Throws OperatorError, before anything was looked at. */
export function readAsked(operator: Operator, typed: Typed): Asked {
  const { machine, program } = operator;
  if (typed.destroyOn.toLowerCase() !== program.hostname.toLowerCase()) {
    throw refused(
      `this node is ${program.hostname}, and --destroy-on names ${typed.destroyOn}: nothing was done`,
    );
  }
  if (isThere(machine.files, typed.out)) throw usage(`${typed.out} is there already`);
  const modes = typed.modes.split(',').map((name) => name.trim());
  const known = modes.filter(isMode);
  const unknown = modes.find((name) => !isMode(name));
  if (unknown !== undefined) throw usage(`--modes: ${unknown} is none of nat, l2bridge, overlay`);
  if (typed.adapter === undefined && known.some((mode) => mode !== 'nat')) {
    throw usage(
      '--modes: l2bridge and overlay need --adapter, the name of the adapter that they interrupt',
      'Get-NetAdapter',
    );
  }
  return {
    out: typed.out,
    modes: known,
    ways: readWays(operator, typed.ways),
    adapter: typed.adapter,
    subnet: readSubnet(typed.subnet),
    vni: readNumber('--vni', typed.vni, 4096, 16_777_215),
    atOnce: readNumber('--at-once', typed.atOnce, 2, 24),
    restartHns: typed.restartHns,
  };
}

function readWays({ hns, machine }: Operator, typed: string): readonly WayName[] {
  // The simulator goes before every way, and behind a transport of a harness's there is none.
  if (machine.env['WINCNI_HNS'] === 'simulator' || hns?.transport) return ['simulator'];
  return typed.split(',').map((name) => {
    const way = name.trim();
    if (way === 'powershell' || way === 'native') return way;
    throw usage(`--ways: ${way} is neither powershell nor native`);
  });
}

/** Addresses for pods, for the endpoints of the steps, and for those of HNS. */
const longestPrefix = 26;

function readSubnet(typed: string): Cidr {
  const subnet = parseCidr(typed);
  if (subnet?.family === 4 && subnet.prefixLength <= longestPrefix && subnet.prefixLength >= 8) {
    return subnet;
  }
  throw usage(`--subnet: ${typed} is no IPv4 subnet from /8 to /${longestPrefix}`);
}

function readNumber(option: string, typed: string, least: number, most: number): number {
  const number = /^\d{1,9}$/.test(typed) ? Number(typed) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw usage(`${option}: ${typed} is no number from ${least} to ${most}`);
}

/** Refuses a node that somebody uses. Throws OperatorError. */
export function assertUnused(node: NodeState, { subnet }: Pick<Asked, 'subnet'>): void {
  const there = users(node);
  if (there.length > 0) {
    const named = there.slice(0, 5).join(', ');
    const more = there.length > 5 ? `, and ${there.length - 5} more` : '';
    throw refused(
      `pods are on this node: ${named}${more}; acceptance is for a node that runs nothing`,
      'kubectl drain <node> --ignore-daemonsets --delete-emptydir-data',
    );
  }
  for (const [prefix, network] of subnetsOf(node)) {
    if (network.startsWith('wincni-acceptance-')) continue;
    const other = parseCidr(prefix);
    if (other && overlap(other, subnet)) {
      throw usage(`network ${network} has ${prefix}: --subnet names another than it`);
    }
  }
}

/** Refuses without an administrator's rights, where it is known. Throws OperatorError. */
export function assertAdministrator(facts: Facts | undefined): void {
  if (facts?.administrator !== false) return;
  throw new OperatorError(
    exit.blind,
    "acceptance needs administrator's rights: it makes networks, and stops services where it is told to",
    ['Start-Process powershell -Verb RunAs'],
  );
}

const overlap = (one: Cidr, other: Cidr): boolean =>
  holds(one, { family: other.family, value: other.first }) ||
  holds(other, { family: one.family, value: one.first });
