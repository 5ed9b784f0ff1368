import type { Operator } from '../../../../plugins/wincni/operator.ts';
import { type OperatorAnswer, trialOperator } from '../../../../scripts/trial-operator.ts';
import type { Machine } from '../../../../system/node-host.ts';
import { nodeHost } from '../../../../system/node-host.ts';
import {
  type DiskRules,
  type ExecutablesDisk,
  executablesDisk,
} from '../../../helpers/executables-disk.ts';

/** A node in memory, whose runtime takes plugins from /bin-dir; /usb holds executables of versions. */
export interface TrialInstall {
  readonly disk: ExecutablesDisk;
  /** Who runs the executable of a version. */
  operatorOf(version: string): Operator;
  /** Runs a command of the executable of a version. */
  run(version: string, ...words: readonly string[]): Promise<OperatorAnswer>;
}

export const bin = '/opt/cni/bin';
export const programs = '/opt/wincni';

/** The bytes of our executable of a version. */
export const ours = (version: string) => `wincni ${version} ${'.'.repeat(100)}`;

/** When the first command begins. */
export const begin = Date.UTC(2026, 0, 1);

/** @param isAlive whether other processes are; they have been killed, if it is not said */
export function trialInstall(
  rules: DiskRules = {},
  changes: Partial<Operator> = {},
  isAlive = false,
): TrialInstall {
  const disk = executablesDisk(rules);
  let now = begin;
  let pid = 100;
  const real = nodeHost(process);
  const trialOf = (version: string) => {
    const file = `/usb/${version}/wincni`;
    if (disk.textOf(file) === undefined) disk.put(file, ours(version));
    pid++;
    const machine: Machine = {
      ...real,
      pid,
      env: {},
      files: disk.files,
      exposed: () => [],
      clock: {
        ...real.clock,
        now: () => now++,
        elapsed: () => now,
        pause(ms) {
          now += ms;
        },
      },
      kill() {
        if (isAlive) return;
        throw Object.assign(new Error('ESRCH'), { code: 'ESRCH', syscall: 'kill' });
      },
    };
    const program = {
      file,
      node: process.versions.node,
      platform: 'linux',
      arch: 'x64',
      hostname: 'win-7',
      caches: () => new Map(),
    };
    const operator = { machine, version, program, executables: disk.executables };
    return trialOperator({ ...operator, ...changes });
  };
  return {
    disk,
    operatorOf: (version) => trialOf(version).operator,
    run: (version, ...words) => trialOf(version).run(...words),
  };
}

/** Where a plugin is. */
export const at = (name: string) => `${bin}/${name}`;
export const install = ['install', '--bin-dir', bin, '--yes'] as const;
export const four = ['flannel', 'host-local', 'win-bridge', 'win-overlay'];

/** What is under names. */
export function standing({ disk }: TrialInstall, names: readonly string[] = four) {
  return Object.fromEntries(names.map((name) => [name, disk.textOf(at(name))]));
}

export const all = (text: string | undefined) =>
  Object.fromEntries(four.map((name) => [name, text]));
