import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { CniError } from '../../cni/error.ts';
import type { JsonObject } from '../../cni/json-object.ts';
import type { Call, Plugin } from '../../cni/plugin.ts';
import type { Result } from '../../cni/result.ts';
import { run } from '../../cni/run.ts';
import type { Host } from '../../system/host.ts';
import { nodeHost } from '../../system/node-host.ts';
import { deadlineOf } from '../helpers/deadline.ts';

export const commands = ['ADD', 'DEL', 'CHECK', 'GC', 'STATUS'] as const;

/** The variables a runtime sets for a command on a container. */
export const variables: Readonly<Record<string, string>> = {
  CNI_CONTAINERID: 'pod1',
  CNI_NETNS: '8e3b6a40-1111-4222-8333-444455556666',
  CNI_IFNAME: 'eth0',
  CNI_PATH: '/opt/cni/bin:/usr/lib/cni',
};

export const result: Result = {
  interfaces: [{ name: 'eth0', mac: '0e:2a:0a:f4:01:05', sandbox: 'ns1' }],
  ips: [{ address: '10.244.1.5/24', gateway: '10.244.1.1', interface: 0 }],
  routes: [{ dst: '0.0.0.0/0', gw: '10.244.1.1' }],
  dns: {},
};

/** A call that has been read, for those who take one. */
export function callOf(command: Call['command'], more: Partial<Call> = {}): Call {
  return {
    command,
    containerId: 'pod1',
    netns: 'ns1',
    ifName: 'eth0',
    args: {},
    path: [],
    version: '1.1.0',
    network: 'cbr0',
    config: { cniVersion: '1.1.0', name: 'cbr0', type: 'trial' },
    ...more,
  };
}

/** A plugin that notes what it was called with. */
export function recorder(
  calls: Call[],
  answer: () => Promise<Result> = async () => result,
): Plugin {
  const note = async (call: Call) => {
    calls.push(call);
    await answer();
  };
  return {
    ADD: async (call) => {
      calls.push(call);
      return answer();
    },
    DEL: note,
    CHECK: note,
    GC: note,
    STATUS: note,
  };
}

/** What a runtime sees of one command, and what the plugin saw. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The document on stdout. */
  readonly document: JsonObject;
  readonly calls: readonly Call[];
  /** How often the plugin was made, and stdin read. */
  readonly made: number;
  readonly reads: number;
}

/** Runs a command the way a runtime does: variables, and a configuration on stdin. */
export async function runCommand(
  env: Readonly<Record<string, string | undefined>>,
  stdin: unknown,
  answer?: () => Promise<Result>,
): Promise<Outcome> {
  const calls: Call[] = [];
  let stdout = '';
  let stderr = '';
  let made = 0;
  let reads = 0;
  const exitCode = await run(
    {
      env,
      pathDelimiter: ':',
      readStdin: () => {
        reads++;
        if (stdin instanceof Uint8Array) return stdin;
        return Buffer.from(typeof stdin === 'string' ? stdin : JSON.stringify(stdin));
      },
      writeStdout: (text) => {
        stdout += text;
      },
      writeStderr: (text) => {
        stderr += text;
      },
    },
    {
      name: 'trial',
      version: '1.2.3',
      stdinTimeout: 1000,
      turnBack: () => {},
      make: async () => {
        made++;
        return recorder(calls, answer);
      },
    },
  );
  const document: JsonObject = stdout === '' ? {} : JSON.parse(stdout);
  return { exitCode, stdout, stderr, document, calls, made, reads };
}

/** The machine itself, as far as a delegate's caller uses it; what is logged is kept. */
export function hostOf(steps: string[] = [], env: Host['env'] = {}): Host {
  return {
    ...nodeHost(process),
    platform: 'linux',
    deadline: deadlineOf(),
    // The node that runs this test, for executables that begin with env node.
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, ...env },
    log: (step) => steps.push(step),
  };
}

/** A folder that is gone after the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cni-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The CniError a function throws; anything else fails the test. */
export function thrownBy(act: () => unknown): CniError {
  try {
    act();
  } catch (error) {
    if (error instanceof CniError) return error;
    throw error;
  }
  throw new Error('expected a CniError, and nothing was thrown');
}

/** The CniError a promise fails with; anything else fails the test. */
export async function failure(promise: Promise<unknown>): Promise<CniError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CniError) return error;
  throw new Error(`expected a CniError, got ${String(error)}`);
}

/** Numbers from 0 up to 1, the same ones for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
