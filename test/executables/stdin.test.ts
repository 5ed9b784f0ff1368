import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../cni/trial.ts';
import { root } from '../helpers/trial-node.ts';

/** Standard input of the executables, as processes have it. */

const linux = join(root, 'dist', 'linux-x64');
const config = (dataDir: string) => ({
  cniVersion: '1.1.0',
  name: 'net1',
  type: 'host-local',
  ipam: { type: 'host-local', subnet: '10.1.0.0/16', dataDir },
});

/** What a STATUS comes to that is written this, and whose stdin is never closed. */
function statusWith(text: string) {
  const child = spawn(join(linux, 'host-local'), [], { env: { CNI_COMMAND: 'STATUS' } });
  child.stdin.write(text);
  return answerOf(child);
}

/** The same with a stdin that does not block, as a service manager may hand it on. */
function statusWithoutBlocking(text: string) {
  const pipe = join(tempFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(pipe, 'w');
  onTestFinished(() => {
    closeSync(reader);
    closeSync(writer);
  });
  writeSync(writer, text);
  // By a shell: Node makes the stdin of its children one that blocks.
  const child = spawn('/bin/sh', ['-c', 'exec "$0" <&3', join(linux, 'host-local')], {
    env: { CNI_COMMAND: 'STATUS' },
    stdio: ['ignore', 'pipe', 'pipe', reader],
  });
  return answerOf(child);
}

/** What a process writes until it ends. */
async function answerOf(child: ChildProcess) {
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const said: string[] = [];
  child.stdout?.on('data', (piece) => said.push(String(piece)));
  child.stderr?.on('data', (piece) => said.push(String(piece)));
  await new Promise((resolve) => child.on('close', resolve));
  return JSON.parse(said.join(''));
}

it('one that is never closed ends STATUS, and the process, whatever is written to it, blocking or not', async () => {
  const half = '{"cniVersion": "1.1.0", "na';
  const texts = ['', half, JSON.stringify(config('/nonexistent'))];
  const words = /^the network configuration on stdin did not end within [\d.]+ s$/;
  const expected = {
    cniVersion: '1.1.0',
    code: 6,
    msg: expect.stringMatching(words),
    details: expect.stringContaining('closes the pipe'),
  };
  const answers = texts.flatMap((text) => [statusWith(text), statusWithoutBlocking(text)]);
  expect(await Promise.all(answers)).toEqual(answers.map(() => expected));
});

it('one that is slow is read to its end', async () => {
  const child = spawn(join(linux, 'host-local'), [], {
    env: { CNI_COMMAND: 'STATUS' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [first = '', ...rest] = JSON.stringify(config(tempFolder())).split(/(?<=,)/);
  child.stdin.write(first);
  for (const piece of rest) {
    await new Promise((resolve) => setImmediate(resolve));
    child.stdin.write(piece);
  }
  child.stdin.end();
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  expect(exitCode).toBe(0);
});

it('one with the 14,000 attachments of a GC is read whole: what is valid stays', () => {
  const dataDir = tempFolder();
  const run = (command: string, containerId: string, keys: object = {}) =>
    spawnSync(join(linux, 'host-local'), {
      input: JSON.stringify({ ...config(dataDir), ...keys }),
      encoding: 'utf8',
      env: {
        CNI_COMMAND: command,
        CNI_CONTAINERID: containerId,
        CNI_NETNS: 'none',
        CNI_IFNAME: 'eth0',
        CNI_PATH: linux,
      },
    });
  const id = (number: number) => String(number).padStart(64, 'f');
  const valid = Array.from({ length: 14_000 }, (_, number) => ({
    containerID: id(number),
    ifname: 'eth0',
  }));
  const addressOf = (containerId: string): unknown =>
    JSON.parse(run('ADD', containerId).stdout).ips[0].address;
  const [last, stale] = [addressOf(id(13_999)), addressOf('stale')];
  expect([last, stale]).toEqual(['10.1.0.2/16', '10.1.0.3/16']);
  const keys = { 'cni.dev/valid-attachments': valid };
  expect(JSON.stringify(keys).length).toBeGreaterThan(2 ** 20);
  expect(run('GC', '', keys)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(addressOf(id(13_999))).toBe(last);
  const leases = spawnSync('ls', [join(dataDir, 'net1')], { encoding: 'utf8' }).stdout.split('\n');
  expect(leases).toContain('10.1.0.2');
  expect(leases).not.toContain('10.1.0.3');
});
