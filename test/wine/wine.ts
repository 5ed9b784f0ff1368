import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulatorEnv } from '../../scripts/hns-dlls.ts';
import { type PipedRun, runPiped } from '../helpers/piped.ts';
import { root, type Starter } from '../helpers/trial-node.ts';

/** Drive C of the Wine prefix, as this system sees it. */
export const driveC = process.env['WINCNI_WINE_C'] ?? '';
/** Copies of those that `npm run build` made (scripts/wine-copy.ts). */
export const windowsExecutables = process.env['WINCNI_WINE_EXECUTABLES'] ?? '';

/** A folder for a test on drive C. */
export function folderOnC(): string {
  mkdirSync(join(driveC, 'trials'), { recursive: true });
  return mkdtempSync(join(driveC, 'trials', 't'));
}

/** A path as Windows programs see it; others as they are. */
export function windowsPath(path: string): string {
  if (path.startsWith(`${driveC}/`)) return `C:${path.slice(driveC.length).replaceAll('/', '\\')}`;
  if (path.startsWith(`${root}/`)) return `Z:${path.replaceAll('/', '\\')}`;
  return path;
}

/** Every path in a JSON text as Windows programs see it. */
export function windowsJson(text: string): string {
  return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
    typeof value === 'string' ? windowsPath(value) : value,
  );
}

export interface WineStart {
  readonly file: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: string;
}

function wineEnv(env: WineStart['env']) {
  const { HOME, PATH, WINEDEBUG, WINEPREFIX } = process.env;
  const paths = Object.entries(env).map(([key, value]) => [key, value && windowsPath(value)]);
  return { ...Object.fromEntries(paths), HOME, PATH, WINEDEBUG, WINEPREFIX };
}

/** Drive C is the current one, as for a service: paths without a drive letter are on it. */
const cwd = driveC;

/** With pipes, as containerd starts plugins. */
export function withPipes({ args = [], env, file, stdin }: WineStart): Promise<PipedRun> {
  return runPiped('wine', [file, ...args], { cwd, env: wineEnv(env) }, stdin);
}

/** With files, as scripts redirect them. */
export async function withFiles({ env, file, stdin }: WineStart): Promise<PipedRun> {
  const folder = folderOnC();
  const [input, output, errors] = ['in', 'out', 'err'].map((name) => join(folder, name));
  if (!input || !output || !errors) throw new Error('no files');
  writeFileSync(input, stdin);
  const files = [openSync(input, 'r'), openSync(output, 'w'), openSync(errors, 'w')] as const;
  const run = spawnSync('wine', [file], { cwd, env: wineEnv(env), stdio: [...files] });
  for (const open of files) closeSync(open);
  return {
    exitCode: run.status,
    stdout: readFileSync(output, 'utf8'),
    stderr: readFileSync(errors, 'utf8'),
  };
}

/** Without a console, as services start programs: by a Node for Windows, detached. */
export async function withoutConsole({ env, file, stdin }: WineStart): Promise<PipedRun> {
  const folder = folderOnC();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('in'), stdin);
  const launcher = `
    const { openSync, writeFileSync } = require('node:fs');
    const { spawn } = require('node:child_process');
    const at = (name) => ${JSON.stringify(`${windowsPath(folder)}\\`)} + name;
    const stdio = [openSync(at('in'), 'r'), openSync(at('out'), 'w'), openSync(at('err'), 'w')];
    const child = spawn(${JSON.stringify(windowsPath(file))}, [], { detached: true, windowsHide: true, stdio });
    child.on('error', (error) => writeFileSync(at('code'), String(error)));
    child.on('exit', (code) => writeFileSync(at('code'), String(code)));
  `;
  writeFileSync(at('launch.cjs'), launcher);
  spawnSync('wine', [process.env['WINCNI_WINE_NODE'] ?? '', windowsPath(at('launch.cjs'))], {
    cwd,
    env: wineEnv(env),
    stdio: 'ignore',
  });
  return {
    exitCode: Number(readFileSync(at('code'), 'utf8')),
    stdout: readFileSync(at('out'), 'utf8'),
    stderr: readFileSync(at('err'), 'utf8'),
  };
}

/** The Windows executables as plugins of a trial node, HNS behind the stand-in powershell.exe. */
export const windowsPlugins: Starter = (plugin, env, stdin) => {
  // Real mode: nothing chooses it but Windows itself.
  const { PATH: _, WINCNI_HNS: __, ...rest } = env;
  return withPipes({
    file: join(windowsExecutables, `${plugin}.exe`),
    env: rest,
    stdin: windowsJson(stdin),
  });
};

/** The same, HNS behind its libraries as well, should a configuration or WINCNI_HNS ask for those. */
export const nativePlugins: Starter = (plugin, { PATH: _, ...env }, stdin) => {
  const { WINCNI_HNS_STATE: folder = '' } = env;
  return withPipes({
    file: join(windowsExecutables, `${plugin}.exe`),
    env: { ...env, ...simulatorEnv(process.env['WINCNI_TEST_SIMULATOR'] ?? '', folder) },
    stdin: windowsJson(stdin),
  });
};
