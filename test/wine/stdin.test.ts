import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { driveC, windowsExecutables } from './wine.ts';

it.each(['', '{"cniVersion": "1.1.0", "na'])(
  'a stdin that is never closed ends STATUS with code 6, and the process with 1: %j',
  async (text) => {
    const file = join(windowsExecutables, 'host-local.exe');
    const { HOME, PATH, WINEDEBUG, WINEPREFIX } = process.env;
    const env = { HOME, PATH, WINEDEBUG, WINEPREFIX, CNI_COMMAND: 'STATUS' };
    const child = spawn('wine', [file], { cwd: driveC, env, stdio: 'pipe' });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    child.stdin.write(text);
    const said: string[] = [];
    child.stdout.on('data', (piece) => said.push(String(piece)));
    child.stderr.on('data', (piece) => said.push(String(piece)));
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    expect(exitCode).toBe(1);
    expect(JSON.parse(said.join(''))).toMatchObject({
      code: 6,
      msg: expect.stringMatching(/stdin did not end within [\d.]+ s$/),
    });
  },
);
