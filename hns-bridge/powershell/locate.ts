import { win32 } from 'node:path';
import { HnsError } from '../error.ts';
import { bootstrap } from './scripts.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How PowerShell is started. */
export interface Launch {
  /** Absolute. */
  readonly executable: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** taskkill.exe, absolute; on Windows only. */
  readonly taskkill?: string;
}

/** What Windows PowerShell and COM need of the environment; nothing that could change what runs. */
const passedOn: readonly string[] = [
  'SystemRoot',
  'windir',
  'SystemDrive',
  'TEMP',
  'TMP',
  'ProgramData',
  'ALLUSERSPROFILE',
  'ProgramFiles',
  'CommonProgramFiles',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'USERNAME',
  'USERDOMAIN',
  'COMPUTERNAME',
  'OS',
  'PROCESSOR_ARCHITECTURE',
  'NUMBER_OF_PROCESSORS',
  // Where Windows PowerShell keeps what it knows of modules: without it, each start may look anew.
  'PSModuleAnalysisCachePath',
  // Nothing to a real PowerShell; the stand-in of the tests finds its state by it.
  'WINCNI_HNS_STATE',
];

/** The arguments of every start: constant, without a double quote, so that nothing needs quoting. */
const args: readonly string[] = [
  '-NoLogo',
  '-NoProfile',
  '-NonInteractive',
  '-ExecutionPolicy',
  'Bypass',
  '-Command',
  bootstrap,
];

/**
 * Where PowerShell is and how it is started. On Windows that is the system's own, by its absolute
 * path, and nothing in the environment can name another: what runs here runs as SYSTEM. Elsewhere
 * (HNS does not exist there) WINCNI_POWERSHELL names one, for tests. Throws HnsError.
 * @param systemFolder the system's folder, where Windows could be asked
 */
export function locatePowerShell(
  env: Environment,
  platform: NodeJS.Platform,
  systemFolder?: string,
): Launch {
  return platform === 'win32' ? onWindows(env, systemFolder) : elsewhere(env);
}

function onWindows(env: Environment, systemFolder: string | undefined): Launch {
  if ((variable(env, 'WINCNI_POWERSHELL') ?? '') !== '') {
    throw new HnsError('WINCNI_POWERSHELL is refused on Windows', {
      kind: 'hns-unavailable',
      reason: 'unsupported',
      details: 'it names a PowerShell for tests on other systems; remove it from the environment',
    });
  }
  // Windows knows it best; where it could not be asked, the environment says it.
  const said = systemFolder !== undefined && isDrivePath(systemFolder) ? systemFolder : undefined;
  const root = said === undefined ? systemRoot(env) : win32.dirname(said);
  const system = said ?? `${root}\\${seesOther(env) ? 'Sysnative' : 'System32'}`;
  const found = passedOn.flatMap((name) => {
    const value = variable(env, name);
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return {
    executable: `${system}\\WindowsPowerShell\\v1.0\\powershell.exe`,
    args,
    env: {
      TEMP: `${root}\\Temp`,
      TMP: `${root}\\Temp`,
      ...Object.fromEntries(found),
      SystemRoot: root,
      windir: root,
      PATH: `${root}\\System32;${root};${root}\\System32\\Wbem`,
    },
    taskkill: `${system}\\taskkill.exe`,
  };
}

/** A 32-bit process on 64-bit Windows sees the 32-bit System32, whose PowerShell can't reach HNS. */
function seesOther(env: Environment): boolean {
  return (variable(env, 'PROCESSOR_ARCHITEW6432') ?? '') !== '';
}

function elsewhere(env: Environment): Launch {
  const executable = variable(env, 'WINCNI_POWERSHELL') ?? '';
  if (!executable.startsWith('/') || executable.includes('\0')) {
    throw new HnsError(
      executable === ''
        ? 'HNS is reached through Windows PowerShell, and this is not Windows'
        : 'WINCNI_POWERSHELL is not an absolute path',
      {
        kind: 'hns-unavailable',
        reason: 'unsupported',
        details:
          'run it on a Windows node; for a trial elsewhere ask for the simulator: WINCNI_HNS=simulator',
      },
    );
  }
  const cleaned = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || name.toLowerCase() === 'psmodulepath' ? [] : [[name, value] as const],
  );
  return { executable, args, env: Object.fromEntries(cleaned) };
}

/** The Windows folder: a plain path on a drive, never a share and never with a step upwards. */
function systemRoot(env: Environment): string {
  const given = [variable(env, 'SystemRoot'), variable(env, 'windir')].map((value) =>
    value?.replace(/[\\/]+$/, ''),
  );
  return given.find((value) => value !== undefined && isDrivePath(value)) ?? 'C:\\Windows';
}

function isDrivePath(path: string): boolean {
  return (
    /^[A-Za-z]:(?:\\[^\\/:*?"<>|;\p{Cc}]+)+$/u.test(path) &&
    path.split('\\').every((step) => step !== '.' && step !== '..')
  );
}

/** A variable by its name in any letter case, as Windows has it. */
function variable(env: Environment, name: string): string | undefined {
  const folded = name.toLowerCase();
  return env[name] ?? Object.entries(env).find(([key]) => key.toLowerCase() === folded)?.[1];
}
