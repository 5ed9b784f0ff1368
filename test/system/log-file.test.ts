import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendToLog } from '../../system/log-file.ts';
import { tempFolder } from '../cni/trial.ts';
import { root } from '../helpers/trial-node.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;
const line = `${'x'.repeat(99)}\n`;

/** Appends so many lines to a log that may have a thousand bytes. */
function append(path: string, lines: number): void {
  for (let count = 0; count < lines; count++) appendToLog(path, line, { limit: 1000 });
}

describe('the file of a log', () => {
  it('is for its owner alone, and so is a folder that is made for it', () => {
    const path = join(tempFolder(), 'made', 'wincni.log');
    append(path, 2);
    expect(readFileSync(path, 'utf8')).toBe(line + line);
    expect([modeOf(path), modeOf(dirname(path))]).toEqual([0o600, 0o700]);
  });

  it('becomes another at its limit, and the one before goes', () => {
    const path = join(tempFolder(), 'wincni.log');
    append(path, 10);
    expect(existsSync(`${path}.1`)).toBe(false);
    append(path, 1);
    expect([statSync(path).size, statSync(`${path}.1`).size]).toEqual([100, 1000]);
    expect(modeOf(path)).toBe(0o600);
    append(path, 995);
    expect(readdirSync(dirname(path)).sort()).toEqual(['wincni.log', 'wincni.log.1']);
    expect(statSync(path).size + statSync(`${path}.1`).size).toBeLessThanOrEqual(2000);
  });

  it('ends at twice its limit where it cannot be renamed', () => {
    const path = join(tempFolder(), 'wincni.log');
    mkdirSync(join(`${path}.1`, 'in the way'), { recursive: true });
    append(path, 100);
    expect(statSync(path).size).toBe(2000);
  });

  it('is renamed though a process was killed that was about to', () => {
    const path = join(tempFolder(), 'wincni.log');
    append(path, 10);
    writeFileSync(`${path}.lock`, '');
    append(path, 2);
    expect(statSync(path).size).toBe(1200);
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(`${path}.lock`, hourAgo, hourAgo);
    append(path, 2);
    expect([statSync(path).size, statSync(`${path}.1`).size]).toEqual([100, 1300]);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('keeps every line of many processes, whole, while it becomes another', async () => {
    const path = join(tempFolder(), 'wincni.log');
    const [processes, lines] = [6, 200];
    const bytes = processes * lines * 140;
    const writer = join(root, 'test/fixtures/log-writer.ts');
    // It is full once, at some two thirds.
    const args = [writer, path, String(Math.floor(bytes / 1.5)), String(lines)];
    const ends = Array.from({ length: processes }, () => {
      const child = spawn('node', args, { stdio: 'inherit' });
      return new Promise((resolve) => child.on('exit', resolve));
    });
    expect(await Promise.all(ends)).toEqual(Array(processes).fill(0));
    const written = [`${path}.1`, path].flatMap((file) =>
      readFileSync(file, 'utf8').trimEnd().split('\n'),
    );
    const keys = written.map((text) => {
      const { line, pid } = JSON.parse(text);
      return `${pid} ${line}`;
    });
    expect(keys).toHaveLength(processes * lines);
    expect(new Set(keys).size).toBe(processes * lines);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });
});
