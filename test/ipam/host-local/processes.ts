import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { JsonObject } from '../../../cni/json-object.ts';
import { goProgram, isInPath, referenceHostLocal } from '../../../scripts/tools.ts';
import { root } from '../../helpers/trial-node.ts';

/** Our executable, as `npm run build` makes it. */
export const ours = join(root, 'dist', 'linux-x64', 'host-local');

/**
 * The reference's host-local: the one WINCNI_REFERENCE_HOST_LOCAL names, or one that Go installs.
 * Undefined, and said aloud, where there is neither; where CI is set, that fails the suite.
 */
export function findReference(): string | undefined {
  const named = process.env['WINCNI_REFERENCE_HOST_LOCAL'];
  const found = named || (isInPath('go') ? goProgram(referenceHostLocal) : undefined);
  if (found) return found;
  const complaint = 'The reference host-local was NOT run beside ours: that needs Go.';
  if (process.env['CI']) throw new Error(complaint);
  console.warn(`\n*** ${complaint} Nothing was tested. ***\n`);
  return undefined;
}

export interface Request {
  readonly command: string;
  readonly containerId: string;
  readonly ifName?: string;
  readonly args?: string;
  readonly config: JsonObject;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly stderr: string;
  /** The document on stdout; empty when there is none. */
  readonly document: JsonObject;
}

/** Runs a plugin in a process of its own. */
export function start(file: string, request: Request): Promise<Ended> {
  const child = spawn(file, [], {
    stdio: 'pipe',
    env: {
      CNI_COMMAND: request.command,
      CNI_CONTAINERID: request.containerId,
      CNI_NETNS: 'none',
      CNI_IFNAME: request.ifName ?? 'eth0',
      CNI_PATH: root,
      CNI_ARGS: request.args ?? '',
    },
  });
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => {
      const document: JsonObject = stdout === '' ? {} : JSON.parse(stdout);
      resolve({ exitCode, stderr, document });
    });
    child.stdin.end(JSON.stringify(request.config));
  });
}
