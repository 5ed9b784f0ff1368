import { basename, delimiter } from 'node:path';
import { CniError, code } from '../cni/error.ts';
import { printError } from '../cni/run.ts';
import manifest from '../package.json' with { type: 'json' };
import { nodeHost } from '../system/node-host.ts';
import { replaceStreams, standardInput, writeAll, writeIfPossible } from '../system/streams.ts';
import { pluginNames } from './registry.ts';
import { serve } from './serve.ts';

/** The one place that touches the process: which plugin am I, and with what does it work? */

/** The name a program was started by: its file's, or, for a link that was resolved, its argument's. */
function startedAs(paths: readonly string[]): string {
  const names = paths.map((path) =>
    basename(path.replaceAll('\\', '/'))
      .toLowerCase()
      .replace(/\.exe$/, ''),
  );
  const known = names.find((name) => pluginNames.includes(name));
  return known ?? names[0] ?? '';
}

/** From the sources, where the program is node: `node plugins/main.ts <name>`. */
function ownName(): string {
  const [, script = '', argument = ''] = process.argv;
  if (script.endsWith('main.ts')) return startedAs([argument]);
  return startedAs([process.execPath, process.argv0]);
}

async function main(): Promise<number> {
  const name = ownName();
  if (!pluginNames.includes(name)) {
    const words = ownArguments();
    if (calledAsPlugin(words[0])) return noPlugin(name);
    if (name !== 'wincni') return nobody(name);
    // A part of its own: plugins start without it.
    const { startCommandLine } = await import('./wincni/start.ts');
    return startCommandLine(process, nodeHost(process), { version: manifest.version, words });
  }
  const machine = nodeHost(process);
  const stdin = standardInput(machine.clock);
  const exitCode = await serve(
    name,
    {
      env: process.env,
      pathDelimiter: delimiter,
      readStdin: stdin.read,
      writeStdout: (text) => writeAll(1, text),
      writeStderr: (text) => writeIfPossible(2, text),
    },
    { ...machine, version: manifest.version, started: 0 },
  );
  // It is answered; nothing else ends a process that reads. On Windows the exit code is 1 then, too.
  if (stdin.isBlocked()) process.kill(process.pid, 'SIGKILL');
  return exitCode;
}

/** What was written behind the program's name; from the sources, behind the name of the plugin. */
function ownArguments(): readonly string[] {
  const [, script = ''] = process.argv;
  return process.argv.slice(script.endsWith('main.ts') ? 3 : 2);
}

/** A runtime says its command in the environment, and nothing else. */
function calledAsPlugin(argument: string | undefined): boolean {
  return argument === undefined && Boolean(process.env['CNI_COMMAND']);
}

/** A runtime's command to a program that is no plugin is an error, VERSION too: a runtime must not go on. */
function noPlugin(name: string): number {
  const error = new CniError(
    code.invalidEnvironment,
    `${name} is not a CNI plugin: CNI_COMMAND is for ${pluginNames.join(', ')}`,
    name === 'wincni'
      ? 'Microsoft\'s scripts have a plugin of the name wincni: write "type": "sdnbridge", which has its keys'
      : 'start it by the name of a plugin, and write that name under "type"',
  );
  writeAll(1, printError(error, '1.1.0'));
  return 1;
}

/** Started by a name that is neither a plugin's nor the suite's. */
function nobody(name: string): number {
  writeIfPossible(
    2,
    `${name} is not the name of a plugin: it is started as one of ${pluginNames.join(', ')}; as wincni it is the operator's command line\n`,
  );
  return 2;
}

replaceStreams(process);
main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    writeIfPossible(
      2,
      `wincni: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`,
    );
    process.exitCode = 1;
  },
);
