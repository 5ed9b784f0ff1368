import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeAll } from '../../system/streams.ts';
import { root } from '../helpers/trial-node.ts';

const system = (code: string) => Object.assign(new Error(code), { code, syscall: 'write' });

/** Writes to a descriptor that takes three bytes at a time, or refuses, as it is told. */
function writing(refusals: readonly (string | undefined)[]) {
  const written: string[] = [];
  const pauses: number[] = [];
  const orders = [...refusals];
  const write = (_: number, bytes: Uint8Array, offset: number) => {
    const refusal = orders.shift();
    if (refusal !== undefined) throw system(refusal);
    const piece = bytes.subarray(offset, offset + 3);
    written.push(Buffer.from(piece).toString());
    return piece.length;
  };
  return { written, pauses, machine: { write, pause: (ms: number) => pauses.push(ms) } };
}

describe('what is written', () => {
  it('is written whole, whatever size of pieces is taken', () => {
    const { machine, written } = writing([]);
    writeAll(1, 'an answer', machine);
    expect(written.join('')).toBe('an answer');
  });

  it('waits for a reader that is slow, and sleeps meanwhile', () => {
    const { machine, pauses, written } = writing([undefined, 'EAGAIN', 'EAGAIN', undefined]);
    writeAll(1, 'an answer', machine);
    expect(written.join('')).toBe('an answer');
    expect(pauses).toEqual([1, 1]);
  });

  it('does not wait for ever for one that reads nothing', () => {
    const { machine, pauses } = writing(Array.from({ length: 20_000 }, () => 'EAGAIN'));
    expect(() => writeAll(1, 'an answer', machine)).toThrow('EAGAIN');
    expect(pauses).toHaveLength(10_000);
  });

  it.each(['EPIPE', 'EBADF', 'EOF', 'ENOSPC', 'EIO'])('fails where it cannot be: %s', (code) => {
    const { machine } = writing([undefined, code]);
    expect(() => writeAll(1, 'an answer', machine)).toThrow(code);
  });
});

describe('what stands for the streams of the process', () => {
  const path = join(root, 'system/streams.ts');
  const run = (code: string, out: 'pipe' | number = 'pipe') => {
    const script = `
      import { replaceStreams } from ${JSON.stringify(path)};
      replaceStreams(process);
      ${code}
      process.on('exit', (exitCode) => process.stderr.write('exit ' + exitCode));`;
    return spawnSync('node', ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      stdio: ['ignore', out, 'pipe'],
    });
  };

  it.each([
    ['a warning', "process.emitWarning('look out');", '', /look out[\s\S]*exit 0$/],
    ['a deprecation', "process.emitWarning('old', 'DeprecationWarning');", '', /old[\s\S]*exit 0$/],
    ['the console', "console.log('a'); console.error('b');", 'a\n', /^b\nexit 0$/],
    ['a callback', "process.stdout.write('a', 'utf8', () => console.log('b'));", 'ab\n', /exit 0/],
    ['a listener', "process.stdout.once('error', () => {}).removeAllListeners();", '', /exit 0/],
    ['an end', "process.stdout.end(); console.log('a');", 'a\n', /^exit 0$/],
  ])('does for %s', (_, code, stdout, stderr) => {
    const done = run(code);
    expect(done).toMatchObject({ status: 0, stdout });
    expect(done.stderr).toMatch(stderr);
  });

  it.skipIf(!existsSync('/dev/full'))('takes a word on a full disk for nothing', () => {
    const full = openSync('/dev/full', 'w');
    expect(run("console.log('a');", full)).toMatchObject({ status: 0, stderr: 'exit 0' });
    closeSync(full);
  });
});
