import { spawnSync } from 'node:child_process';
import { fastFolder, runSuite } from './suite.ts';
import { isInPath } from './tools.ts';

/** `npm run test:crash`: the executables, killed before each thing they do to a file, or made to fail at it. */

function missing(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux, where strace is';
  if (!isInPath('strace')) return 'it needs strace (apt-get install strace)';
  const strike = ['-qq', '-o', '/dev/null', '-e', 'inject=close:signal=SIGKILL:when=1'];
  const trial = spawnSync('strace', [...strike, process.execPath, '--version']);
  return trial.signal === 'SIGKILL'
    ? undefined
    : 'it needs leave to trace programs (ptrace), and strace 5.9 or newer';
}

process.exitCode = await runSuite({
  name: 'The crash suite',
  missing: missing(),
  config: 'test/crash/vitest.config.ts',
  env: fastFolder(),
});
