import { appendFileSync } from 'node:fs';
import { basename, delimiter } from 'node:path';
import { nodeFiles } from './cni/files.ts';
import { readStdin, replaceStreams, writeAll } from './cni/stdio.ts';
import { pluginNames } from './registry.ts';
import { serve } from './serve.ts';
import { version } from './version.ts';

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
  if (!pluginNames.includes(name)) return operator(name);
  return serve(
    name,
    {
      env: process.env,
      pathDelimiter: delimiter,
      readStdin,
      writeStdout: (text) => writeAll(1, text),
      writeStderr: (text) => writeAll(2, text),
    },
    {
      env: process.env,
      platform: process.platform,
      pid: process.pid,
      files: nodeFiles(),
      clock: {
        now: () => Date.now(),
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      },
      append: appendFileSync,
    },
  );
}

/** Started as `wincni`, or by a name that is no plugin's. */
function operator(name: string): number {
  const [, , argument] = process.argv;
  const help = `wincni ${version}

CNI plugins for Windows nodes in one file: the name it is started by decides which it is.
Give it these names, as hard links or copies, in the folder your runtime takes plugins from:

  ${pluginNames.join(', ')}

  --version   the version
  --help      this text
`;
  if (name === 'wincni' && (argument === undefined || argument === '--help')) {
    writeAll(1, help);
    return 0;
  }
  if (name === 'wincni' && argument === '--version') {
    writeAll(1, `wincni ${version}\n`);
    return 0;
  }
  const complaint =
    name === 'wincni' ? `unknown argument ${argument}` : `${name} is not the name of a plugin`;
  writeAll(2, `${complaint}\n\n${help}`);
  return 1;
}

replaceStreams(process);
main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    writeAll(2, `wincni: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
    process.exitCode = 1;
  },
);
