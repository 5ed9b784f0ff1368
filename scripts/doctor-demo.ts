import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { makeSick, pasteExceptions, paths, type Runner, wellNode } from './sick-node.ts';

/**
 * `npm run demo:doctor`: doctor on a node that is sick in five ways at once, what it says to do, and how it is
 * afterwards. The node is made up: no Windows, a simulated HNS, a stand-in for PowerShell.
 */

const executable = join(import.meta.dirname, '..', 'dist', 'linux-x64', 'wincni');
const say = (text: string) => process.stdout.write(`${text}\n`);

const run: Runner = async (words, env) => {
  const { status, stderr, stdout } = spawnSync(executable, words, {
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1' },
  });
  // Where the trial's files are is nothing to read.
  const shown = words.slice(
    0,
    words.findIndex((word) => /^--(?:root|conf-dir)$/.test(word)),
  );
  say(`PS> wincni ${shown.join(' ')}\n${stdout}${stderr}[exit code ${status}]\n`);
  return { exitCode: status, stdout };
};

const node = wellNode(run, executable);
try {
  makeSick(node);
  const { stdout } = await node.wincni('doctor');
  say(`(into ${paths.conflist} goes the list that doctor prints)\n`);
  pasteExceptions(node, stdout);
  say(`PS> Remove-Item -LiteralPath ${paths.sourceVip}\n`);
  node.removeFile(paths.sourceVip);
  await node.wincni('gc', '--yes');
  const after = await node.wincni('doctor');
  say('(the latest cumulative update is installed)\n');
  node.update(379);
  const end = await node.wincni('doctor');
  const went = after.exitCode === 3 && end.exitCode === 0;
  say(went ? 'Done: five sicknesses were found, and mended.' : 'Failed.');
  if (!went) process.exitCode = 1;
} finally {
  node.remove();
}
