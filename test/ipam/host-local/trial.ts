import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Command } from '../../../cni/commands.ts';
import type { JsonObject } from '../../../cni/json-object.ts';
import type { Call } from '../../../cni/plugin.ts';
import { serve } from '../../../plugins/serve.ts';
import { nodeFiles } from '../../../system/files.ts';
import type { Files, Host } from '../../../system/host.ts';
import { nodeHost } from '../../../system/node-host.ts';

/** What a runtime says to host-local, as far as a test cares. */
export interface Asking {
  readonly ipam?: JsonObject;
  /** More keys of the configuration, or others in the place of the usual. */
  readonly config?: JsonObject;
  readonly containerId?: string;
  readonly ifName?: string;
  /** CNI_ARGS. */
  readonly args?: string;
  /** All of standard input, in the place of a configuration. */
  readonly stdin?: string | Uint8Array;
}

/** What a command came to. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The document on stdout; empty when there is none. */
  readonly document: JsonObject;
}

export interface Trial {
  /** Holds all the rest, and nothing else. */
  readonly folder: string;
  readonly dataDir: string;
  /** Where the leases of the trial's network are. */
  readonly leaseFolder: string;
  run(command: string, asking?: Asking): Promise<Outcome>;
  /** ADD: the addresses it answers with, or the code it fails with. */
  add(asking?: Asking): Promise<readonly string[] | number>;
  /** What a command comes to: 0, or the code it fails with. */
  code(command: string, asking?: Asking): Promise<number>;
  /** The names in the lease folder that stand for leases, sorted. */
  leases(): readonly string[];
  read(name: string): string;
  /** How long its commands have paused, in milliseconds: no test waits for it. */
  paused(): number;
  /** Writes a file into the lease folder, so many seconds ago. */
  write(name: string, text: string | Uint8Array, secondsAgo?: number): void;
}

export interface TrialOptions {
  readonly platform?: NodeJS.Platform;
  readonly files?: (files: Files) => Files;
  readonly makeFolder?: () => string;
  /** Whether a process is there; if not said, as the system says. */
  readonly kill?: Host['kill'];
}

export const network = 'net1';

/** A folder of leases, and host-local run on it in this process as its executable would. */
export function trial(options: TrialOptions = {}): Trial {
  const folder = options.makeFolder?.() ?? mkdtempSync(join(tmpdir(), 'host-local-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const dataDir = join(folder, 'networks');
  const leaseFolder = join(dataDir, network);
  const files = options.files ? options.files(nodeFiles()) : nodeFiles();
  let paused = 0;
  const clock = {
    ...nodeHost(process).clock,
    pause: (ms: number) => {
      paused += ms;
    },
  };

  async function run(command: string, asking: Asking = {}): Promise<Outcome> {
    let stdout = '';
    let stderr = '';
    const env = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: asking.containerId ?? 'pod1',
      CNI_NETNS: '8e3b6a40-1111-4222-8333-444455556666',
      CNI_IFNAME: asking.ifName ?? 'eth0',
      CNI_PATH: folder,
      CNI_ARGS: asking.args ?? '',
    };
    const io = {
      env,
      pathDelimiter: delimiter,
      readStdin: () => Buffer.from(asking.stdin ?? JSON.stringify(configOf(dataDir, asking))),
      writeStdout: (text: string) => {
        stdout += text;
      },
      writeStderr: (text: string) => {
        stderr += text;
      },
    };
    const exitCode = await serve('host-local', io, {
      ...nodeHost(process),
      env,
      platform: options.platform ?? 'linux',
      kill: options.kill ?? nodeHost(process).kill,
      clock,
      files,
      append: (file, text) => writeFileSync(file, text, { flag: 'a' }),
      version: '1.2.3',
    });
    const document: JsonObject = stdout === '' ? {} : JSON.parse(stdout);
    return { exitCode, stdout, stderr, document };
  }

  return {
    folder,
    dataDir,
    leaseFolder,
    run,
    async add(asking) {
      const { document, exitCode } = await run('ADD', asking);
      return exitCode === 0 ? addressesOf(document) : Number(document['code']);
    },
    async code(command, asking) {
      const { document, exitCode } = await run(command, asking);
      return exitCode === 0 ? 0 : Number(document['code']);
    },
    leases: () =>
      existsSync(leaseFolder)
        ? readdirSync(leaseFolder)
            .filter((name) => !/^(?:\.|lock$|last_reserved_ip\.)/.test(name))
            .sort()
        : [],
    read: (name) => readFileSync(join(leaseFolder, name), 'utf8'),
    paused: () => paused,
    write(name, text, secondsAgo = 0) {
      mkdirSync(leaseFolder, { recursive: true });
      writeFileSync(join(leaseFolder, name), text);
      const time = Date.now() / 1000 - secondsAgo;
      utimesSync(join(leaseFolder, name), time, time);
    },
  };
}

/** The configuration of a request: a /29 of five addresses and a gateway, if not said otherwise. */
export function configOf(dataDir: string, { config, ipam }: Asking): JsonObject {
  return {
    cniVersion: '1.1.0',
    name: network,
    type: 'host-local',
    ipam: { type: 'host-local', dataDir, ...(ipam ?? { subnet: '10.1.2.0/29' }) },
    ...config,
  };
}

/** A call as host-local gets it from another plugin. */
export function callOf(
  dataDir: string,
  command: Command,
  containerId: string,
  asking: Asking = {},
): Call {
  return {
    command,
    containerId,
    netns: 'none',
    ifName: 'eth0',
    args: {},
    path: [],
    version: '1.1.0',
    network,
    config: configOf(dataDir, asking),
  };
}

/** A failure of the operating system, as Node throws it. */
export function systemError(code: string, syscall = 'open'): Error {
  return Object.assign(new Error(`${code}: refused, ${syscall}`), { code, syscall });
}

/** The addresses of a result of 0.3.0 and up. */
export function addressesOf(document: JsonObject): readonly string[] {
  const ips = document['ips'];
  return Array.isArray(ips) ? ips.map(({ address }: { address: string }) => address) : [];
}

/** What a result says of addresses, for a later command to be given. */
export function previous(...addresses: readonly string[]): JsonObject {
  return { cniVersion: '1.1.0', ips: addresses.map((address) => ({ address })) };
}
