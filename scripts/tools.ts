import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Other people's programs that the suites use, installed into `build/bin`. */

const root = join(import.meta.dirname, '..');
const folder = join(root, 'build', 'bin');

/** cnitool, the runtime of the CNI project, at the version whose results are reported. */
export const cnitool = 'github.com/containernetworking/cni/cnitool@v1.3.0';

/** The reference's host-local. */
export const referenceHostLocal =
  'github.com/containernetworking/plugins/plugins/ipam/host-local@v1.9.1';

/** The reference's Windows plugins. */
export const referencePlugins = {
  'win-bridge': 'github.com/containernetworking/plugins/plugins/main/windows/win-bridge@v1.9.1',
  'win-overlay': 'github.com/containernetworking/plugins/plugins/main/windows/win-overlay@v1.9.1',
} as const;

/** A Go program, installed if it is not there. Undefined on a machine without Go. */
export function goProgram(module: string, system: 'linux' | 'windows' = 'linux') {
  const name = /([\w-]+)@/.exec(module)?.[1] ?? '';
  const windows = system === 'windows';
  // Go puts what it builds for another system into a folder of that system, GOBIN unset.
  const home = join(root, 'build', 'go');
  const made = windows ? join(home, 'bin', 'windows_amd64', `${name}.exe`) : join(folder, name);
  if (existsSync(made)) return made;
  mkdirSync(folder, { recursive: true });
  const { GOBIN: _, ...env } = process.env;
  const run = spawnSync('go', ['install', module], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...env,
      CGO_ENABLED: '0',
      ...(windows ? { GOOS: 'windows', GOARCH: 'amd64', GOPATH: home } : { GOBIN: folder }),
    },
  });
  return run.status === 0 ? made : undefined;
}

/** A Go program of a single file of ours, made for Windows. Undefined on a machine without Go. */
export function ownGoProgram(name: string, source: string): string | undefined {
  const made = join(root, 'build', 'go', 'own', `${name}.exe`);
  const run = spawnSync('go', ['build', '-o', made, source], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CGO_ENABLED: '0', GOOS: 'windows', GOARCH: 'amd64' },
  });
  return run.status === 0 ? made : undefined;
}

/** Whether a program can be found in PATH. */
export function isInPath(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
}
