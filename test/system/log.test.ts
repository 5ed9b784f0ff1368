import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLog } from '../../system/log.ts';
import { tempFolder } from '../cni/trial.ts';

const pod = { command: 'ADD', container: 'pod1', network: 'cbr0' };

/** A log that appends to real files, with a clock that stands still. */
function trialLog(
  file: string | undefined,
  append: (f: string, t: string) => void = appendFileSync,
) {
  const now = () => Date.UTC(2026, 0, 2, 3, 4, 5);
  return openLog({ plugin: 'win-overlay', file, pid: 42, now, append });
}

const linesOf = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a log', () => {
  it('has a line a step: when, which process, which plugin, whose pod, how long', () => {
    const file = join(tempFolder(), 'wincni.log');
    const { about, log } = trialLog(file);
    log('started');
    about(pod, undefined);
    log('endpoint created', { endpoint: 'e1', ms: 12 });
    const head = { time: '2026-01-02T03:04:05.000Z', pid: 42, plugin: 'win-overlay' };
    expect(linesOf(file)).toEqual([
      { ...head, step: 'started' },
      {
        ...head,
        command: 'ADD',
        container: 'pod1',
        network: 'cbr0',
        step: 'endpoint created',
        endpoint: 'e1',
        ms: 12,
      },
    ]);
  });

  it('of the environment goes before that of the configuration', () => {
    const folder = tempFolder();
    const written: string[] = [];
    const { about, log } = trialLog(join(folder, 'first'), (file) => written.push(file));
    about(pod, join(folder, 'second'));
    log('a step');
    expect(written).toEqual([join(folder, 'first')]);
  });

  it.each([undefined, '', 'wincni.log', './wincni.log', '../wincni.log'])(
    'is not written when its file is %j',
    (file) => {
      const written: string[] = [];
      const { about, log } = trialLog(file, (path) => written.push(path));
      about(pod, file);
      log('a step');
      expect(written).toEqual([]);
    },
  );

  it.each([1, {}, []])('is not written where %j is', (logFile) => {
    const written: string[] = [];
    const { about, log } = trialLog(undefined, (path) => written.push(path));
    about(pod, logFile);
    log('a step');
    expect(written).toEqual([]);
  });

  it('that can’t be written fails nothing', () => {
    const { log } = trialLog(join(tempFolder(), 'not', 'there', 'wincni.log'));
    expect(() => log('a step')).not.toThrow();
  });

  it('takes facts that are no JSON for nothing', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const written: string[] = [];
    const { log } = trialLog('/wincni.log', (_, text) => written.push(text));
    log('a step', circle);
    log('another', { many: 10n });
    log('a good one');
    expect(written).toHaveLength(1);
  });

  const many = Object.fromEntries(
    Array.from({ length: 500 }, (_, i) => [`key${i}`, 'v'.repeat(99)]),
  );
  it.each([
    ['one long fact', { body: 'x'.repeat(100_000), ms: 7 }],
    ['many facts', many],
  ])('has lines that end, with %s', (_, facts) => {
    const file = join(tempFolder(), 'wincni.log');
    const { log } = trialLog(file);
    log('a step', facts);
    expect(readFileSync(file, 'utf8').length).toBeLessThanOrEqual(8193);
    expect(linesOf(file)).toMatchObject([{ pid: 42, step: 'a step' }]);
  });
});
