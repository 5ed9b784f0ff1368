import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../helpers/trial-node.ts';
import { type Trial, trial } from './trial.ts';

/** The lines of a log; none where there is no log. */
function linesOf(file: string): readonly Json[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

describe('STATUS', () => {
  /** A /25: 126 addresses, of which one is the gateway's. */
  const range = { subnet: '10.1.2.0/25' };
  const forty = { ...range, rangeStart: '10.1.2.2', rangeEnd: '10.1.2.41' };

  function taken(count: number): Trial {
    const node = trial();
    for (let at = 2; at < 2 + count; at++) node.write(`10.1.2.${at}`, `pod${at}\r\neth0`);
    node.write('10.7.7.7', 'of another range\r\neth0');
    return node;
  }

  const few = 'few addresses are free';
  const none = 'no address is free';
  it.each<[string, number, Json, string[]]>([
    ['none is taken', 0, range, []],
    ['some are', 60, range, []],
    ['7 of 125 are free', 118, range, []],
    ['6 of 125 are free', 119, range, [`${few}: 6 of 125 in 10.1.2.1-10.1.2.126`]],
    ['one is free', 124, range, [`${few}: 1 of 125 in 10.1.2.1-10.1.2.126`]],
    ['2 of 40 are free', 38, forty, []],
    ['1 of 40 is free', 39, forty, [`${few}: 1 of 40 in 10.1.2.2-10.1.2.41`]],
    ['all are taken', 125, range, [`${none}: 0 of 125 in 10.1.2.1-10.1.2.126`]],
    [
      'those free are reserved',
      120,
      {
        ...range,
        reserved: [
          '10.1.2.122',
          '10.1.2.123',
          '10.1.2.124',
          '10.1.2.125',
          '10.1.2.126',
          '10.9.9.9',
        ],
      },
      [`${none}: 0 of 120 in 10.1.2.1-10.1.2.126`],
    ],
    ['7 of 123 not reserved', 118, { ...range, reserved: ['10.1.2.2', '10.1.2.3'] }, []],
    [
      'one is free that is not reserved',
      122,
      { ...range, reserved: ['10.1.2.2', '10.1.2.3', '10.1.2.125', '10.1.2.126'] },
      [`${few}: 1 of 121 in 10.1.2.1-10.1.2.126`],
    ],
    [
      'one is free, and one that is reserved is so twice, as the gateway is',
      123,
      { ...range, reserved: ['10.1.2.1', '10.1.2.125', '10.1.2.125'] },
      [`${few}: 1 of 124 in 10.1.2.1-10.1.2.126`],
    ],
    [
      'the range is only the gateway',
      0,
      { ...range, rangeEnd: '10.1.2.1' },
      [`${none}: 0 of 0 in 10.1.2.1-10.1.2.1`],
    ],
    [
      'the gateway is elsewhere',
      125,
      { ...range, gateway: '10.9.9.9' },
      [`${few}: 1 of 126 in 10.1.2.1-10.1.2.126`],
    ],
    [
      'one of two sets is full',
      125,
      { ranges: [[{ subnet: 'fd00::/64' }], [range]] },
      [`${none}: 0 of 125 in 10.1.2.1-10.1.2.126`],
    ],
    ['another range of the set is free', 125, { ranges: [[range, { subnet: '10.1.3.0/24' }]] }, []],
    ['the range is huge', 100, { subnet: 'fd00::/8' }, []],
  ])('is well, and logs that few or none are free: %s', async (_, count, ipam, expected) => {
    const node = taken(count);
    const logFile = join(node.dataDir, '..', 'log');
    const answer = await node.run('STATUS', { ipam, config: { logFile } });
    expect(answer).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    const said = linesOf(logFile).flatMap(({ counts, remedy, step }) =>
      counts ? [{ said: `${step}: ${counts}`, remedy }] : [],
    );
    const words = (text: string) => text.replace(' in ', ' addresses are free in range set ');
    const remedy = expect.stringContaining('GC');
    expect(said).toEqual(expected.map((text) => ({ said: words(text), remedy })));
  });

  it('leaves nothing in the folder', async () => {
    const node = trial();
    expect(await node.run('STATUS')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(readdirSync(node.leaseFolder)).toEqual([]);
  });

  it('is 50 when leases cannot be written', async () => {
    const node = trial();
    writeFileSync(node.dataDir, 'a file');
    const { document } = await node.run('STATUS');
    expect(document).toMatchObject({
      code: 50,
      msg: `leases cannot be written below ${node.dataDir}`,
      details: expect.stringContaining('administrator'),
    });
  });

  it('is 50 when the disk is full', async () => {
    const node = trial({
      files: (files) => ({
        ...files,
        writeNew() {
          throw Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC', syscall: 'write' });
        },
      }),
    });
    expect(await node.code('STATUS')).toBe(50);
    expect(await node.code('ADD')).toBe(5);
  });

  it('is 7 when the configuration is wrong', async () => {
    expect(await trial().code('STATUS', { ipam: {} })).toBe(7);
  });
});
