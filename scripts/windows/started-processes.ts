/** A process that was seen to start. */
export interface StartedProcess {
  readonly name: string;
  readonly pid: number;
  readonly parent: number;
}

/** Reads a line of watch-processes.ps1; undefined for what tells of no process. */
export function startedProcess(line: string): StartedProcess | undefined {
  const [, name, pid, parent] = /^([^\t]+)\t(\d+)\t(\d+)\r?$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  return { name: name.toLowerCase(), pid: Number(pid), parent: Number(parent) };
}

/** What .NET compiles by, and Windows PowerShell's Add-Type with it. */
const compilers = ['csc.exe', 'cvtres.exe', 'vbc.exe'];

/** The compilers that were started, but for those of a process and what it started. */
export function compilersBeside(
  processes: readonly StartedProcess[],
  control: number,
): readonly StartedProcess[] {
  const ofControl = new Set([control]);
  for (const { parent, pid } of processes) if (ofControl.has(parent)) ofControl.add(pid);
  return processes.filter(({ name, pid }) => compilers.includes(name) && !ofControl.has(pid));
}
