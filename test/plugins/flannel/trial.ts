import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../../cni/json-object.ts';
import type { Call, Delegate, Plugin } from '../../../cni/plugin.ts';
import type { Result } from '../../../cni/result.ts';
import { flannel } from '../../../plugins/flannel/index.ts';
import { nodeFiles } from '../../../system/files.ts';
import type { Files, Host } from '../../../system/host.ts';
import { nodeHost } from '../../../system/node-host.ts';
import { deadlineOf } from '../../helpers/deadline.ts';

export const result: Result = {
  interfaces: [{ name: 'eth0' }],
  ips: [{ address: '10.244.1.5/24', interface: 0 }],
  routes: [],
  dns: {},
};

export const subnetEnv = [
  'FLANNEL_NETWORK=10.244.0.0/16',
  'FLANNEL_SUBNET=10.244.1.1/24',
  'FLANNEL_MTU=1450',
  'FLANNEL_IPMASQ=true',
  '',
].join('\n');

/** What the delegate was asked. */
export interface Asked {
  readonly type: string;
  readonly call: Call;
}

export interface Trial {
  readonly plugin: Plugin;
  readonly folder: string;
  readonly dataDir: string;
  readonly subnetFile: string;
  readonly asked: readonly Asked[];
  /** The commands the delegate was asked, in order. */
  commands(): readonly string[];
  /** The steps that were logged. */
  readonly steps: readonly string[];
  /** Milliseconds slept so far. */
  slept(): number;
  /** The names in the data folder, sorted. */
  scratchNames(): readonly string[];
  scratch(name: string): JsonObject;
  writeScratch(name: string, text: string): void;
  writeSubnetEnv(text: string | Uint8Array): void;
  removeSubnetEnv(): void;
  call(command: Call['command'], more?: Partial<Call>): Call;
}

export interface TrialOptions {
  /** What the delegate does; by default it answers. */
  readonly delegate?: Delegate;
  readonly subnetEnv?: string;
  readonly files?: (files: Files) => Files;
  /** Called at each sleep, with the milliseconds slept so far. */
  readonly onSleep?: (slept: number, trial: Trial) => void;
}

/** A node of its own: a folder, a clock that runs only while something sleeps, a recording delegate. */
export function trial(options: TrialOptions = {}): Trial {
  const folder = mkdtempSync(join(tmpdir(), 'flannel-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const dataDir = join(folder, 'data');
  const subnetFile = join(folder, 'subnet.env');
  const asked: Asked[] = [];
  const steps: string[] = [];
  const started = Date.now();
  let slept = 0;
  const files = nodeFiles();
  const host: Host = {
    ...nodeHost(process),
    env: {},
    deadline: deadlineOf(),
    files: options.files ? options.files(files) : files,
    clock: {
      now: () => started + slept,
      elapsed: () => slept,
      uptime: () => 86_400_000,
      sleep: async (ms) => {
        slept += ms;
        options.onSleep?.(slept, made);
      },
      pause: (ms) => {
        slept += ms;
      },
      after: nodeHost(process).clock.after,
    },
    log: (step) => steps.push(step),
  };
  const delegate: Delegate = async (type, call) => {
    asked.push({ type, call });
    if (options.delegate) return options.delegate(type, call);
    return call.command === 'ADD' ? result : undefined;
  };
  const made: Trial = {
    plugin: flannel(host, delegate),
    folder,
    dataDir,
    subnetFile,
    asked,
    commands: () => asked.map(({ call }) => call.command),
    steps,
    slept: () => slept,
    scratchNames: () => (existsSync(dataDir) ? readdirSync(dataDir).sort() : []),
    scratch: (name) => JSON.parse(readFileSync(join(dataDir, name), 'utf8')),
    writeScratch(name, text) {
      mkdirSync(dataDir, { recursive: true });
      writeFileSync(join(dataDir, name), text);
    },
    writeSubnetEnv: (text) => writeFileSync(subnetFile, text),
    removeSubnetEnv: () => rmSync(subnetFile),
    call: (command, more = {}) => ({
      command,
      containerId: command === 'GC' || command === 'STATUS' ? '' : 'pod1',
      netns: command === 'GC' || command === 'STATUS' ? '' : '8e3b6a40-1111-4222-8333-444455556666',
      ifName: command === 'GC' || command === 'STATUS' ? '' : 'eth0',
      args: {},
      path: [],
      version: '1.1.0',
      network: 'cbr0',
      ...more,
      config: {
        cniVersion: '1.1.0',
        name: 'cbr0',
        type: 'flannel',
        subnetFile,
        dataDir,
        delegate: { type: 'win-overlay', dns: { nameservers: ['10.96.0.10'] } },
        ...more.config,
      },
    }),
  };
  made.writeSubnetEnv(options.subnetEnv ?? subnetEnv);
  return made;
}
