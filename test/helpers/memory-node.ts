import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from '../../cni/plugin.ts';
import type { Transport } from '../../hns-bridge/transport.ts';
import { serve } from '../../plugins/serve.ts';
import type { Clock, Files } from '../../system/host.ts';
import { nodeHost } from '../../system/node-host.ts';
import { type FilesSnapshot, type MemoryFiles, memoryFiles } from './memory-files.ts';
import { type HnsCall, type MemoryHns, memoryHns, type Strike } from './memory-hns.ts';
import { type Answer, configOf, type Json, root, sandboxes } from './trial-node.ts';

/** A node whose files and HNS are in memory: a command on it takes a millisecond. */
export interface MemoryNode {
  readonly hns: MemoryHns;
  readonly files: MemoryFiles;
  readonly leaseFolder: string;
  readonly scratchFolder: string;
  readonly subnetFile: string;
  /** What a configuration in test/fixtures/conf is on this node. */
  config(conf: string, changes?: Json): Json;
  run(request: MemoryRequest): Promise<Answer>;
  /** Lets the time pass in which nothing answers, until somebody gives up waiting. */
  passTime(): void;
  snapshot(): NodeSnapshot;
  restore(snapshot: NodeSnapshot): void;
}

export interface MemoryRequest {
  readonly plugin: string;
  readonly command: string;
  readonly config?: Json;
  /** All of standard input, in place of a configuration. */
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Plugins of others, in the place of executables. */
  readonly others?: (type: string) => Plugin;
  /** What strikes the command. */
  readonly watch?: Watch;
  /** As many milliseconds after now. */
  readonly later?: number;
}

/** Is asked about each thing a command does, before it is done. */
export interface Watch {
  /** Throws what the operation comes to instead. */
  readonly onFile?: (operation: FileOperation) => void;
  readonly onHns?: Strike;
  /** What is between the plugins and HNS. */
  readonly transport?: (transport: Transport) => Transport;
}

export interface FileOperation {
  readonly name: keyof Files;
  readonly path: string;
}

export interface NodeSnapshot {
  readonly hns: ReturnType<MemoryHns['state']>;
  readonly files: FilesSnapshot;
}

const leaseFolder = '/node/networks';
const scratchFolder = '/node/flannel';
const subnetFile = '/node/subnet.env';

/** Makes a node of one of the fixtures in test/fixtures/hns. */
export function memoryNode(fixture: string): MemoryNode {
  let watch: Watch = {};
  const time: Time = { start: Date.now(), ahead: 0, timers: new Set() };
  const files = memoryFiles(() => time.start + time.ahead);
  const text = readFileSync(join(root, 'test/fixtures/hns', `${fixture}.json`), 'utf8');
  const onHns: Strike = (call: HnsCall, perform) =>
    watch.onHns ? watch.onHns(call, perform) : perform();
  const hns = memoryHns(text, onHns);
  files.files.makeFolder('/node');
  const env = join(root, 'test/fixtures/flannel', `${fixture}.env`);
  if (existsSync(env)) files.files.writeNew(subnetFile, readFileSync(env, 'utf8'));
  const watched = watchedFiles(files.files, (operation) => watch.onFile?.(operation));
  return {
    hns,
    files,
    leaseFolder,
    scratchFolder,
    subnetFile,
    config: (conf, changes) => configOf({ leaseFolder, scratchFolder, subnetFile }, conf, changes),
    async run(request) {
      watch = request.watch ?? {};
      time.ahead += request.later ?? 0;
      const clock = fastClock(time);
      const answer = await runIn(request, { files: watched, clock, transport: hns.transport });
      watch = {};
      time.ahead = 0;
      time.timers.clear();
      return answer;
    },
    passTime() {
      const [first] = [...time.timers].sort((one, other) => one.at - other.at);
      if (first) moveTo(time, first.at);
    },
    snapshot: () => ({ hns: hns.state(), files: files.snapshot() }),
    restore(snapshot) {
      hns.setState(snapshot.hns);
      files.restore(snapshot.files);
    },
  };
}

async function runIn(
  request: MemoryRequest,
  machine: { readonly files: Files; readonly clock: Clock; readonly transport: Transport },
): Promise<Answer> {
  let stdout = '';
  let stderr = '';
  const env = {
    PATH: process.env['PATH'],
    CNI_COMMAND: request.command,
    CNI_CONTAINERID: 'pod1',
    CNI_NETNS: sandboxes.first,
    CNI_IFNAME: 'eth0',
    CNI_PATH: '/node',
    ...request.env,
  };
  const { transport = (way: Transport) => way } = request.watch ?? {};
  const exitCode = await serve(
    request.plugin,
    {
      env,
      pathDelimiter: ':',
      readStdin: () => Buffer.from(request.stdin ?? JSON.stringify(request.config)),
      writeStdout: (text) => {
        stdout += text;
      },
      writeStderr: (text) => {
        stderr += text;
      },
    },
    {
      ...nodeHost(process),
      ...machine,
      transport: transport(machine.transport),
      env,
      platform: 'linux',
      append() {},
      version: '1.2.3',
      ...(request.others ? { others: request.others } : {}),
    },
  );
  return { exitCode, stderr, document: stdout === '' ? undefined : JSON.parse(stdout) };
}

interface Time {
  readonly start: number;
  /** Milliseconds that have passed. */
  ahead: number;
  readonly timers: Set<{ readonly at: number; readonly act: () => void }>;
}

/** Moves a clock on, and lets happen what was to happen until then. */
function moveTo(time: Time, then: number): void {
  time.ahead = Math.max(time.ahead, then);
  const due = [...time.timers].filter(({ at }) => at <= time.ahead);
  for (const timer of due.sort((one, other) => one.at - other.at)) {
    if (time.timers.delete(timer)) timer.act();
  }
}

/** A clock that does not wait: sleeping moves it on. */
function fastClock(time: Time): Clock {
  return {
    now: () => time.start + time.ahead,
    elapsed: () => time.ahead,
    uptime: () => 1e9 + time.ahead,
    sleep: async (ms) => moveTo(time, time.ahead + ms),
    pause: (ms) => moveTo(time, time.ahead + ms),
    after(ms, act) {
      const timer = { at: time.ahead + ms, act };
      time.timers.add(timer);
      return () => time.timers.delete(timer);
    },
  };
}

function watchedFiles(files: Files, note: (operation: FileOperation) => void): Files {
  const on = <Argument extends readonly unknown[], Done>(
    name: keyof Files,
    act: (path: string, ...more: Argument) => Done,
  ) => {
    return (path: string, ...more: Argument): Done => {
      note({ name, path });
      return act(path, ...more);
    };
  };
  return {
    read: on('read', files.read),
    list: on('list', files.list),
    makeFolder: on('makeFolder', files.makeFolder),
    writeNew: on('writeNew', files.writeNew),
    overwrite: on('overwrite', files.overwrite),
    link: on('link', files.link),
    rename: on('rename', files.rename),
    remove: on('remove', files.remove),
    removeFolder: on('removeFolder', files.removeFolder),
    modified: on('modified', files.modified),
  };
}
