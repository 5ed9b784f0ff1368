import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Trial, trial } from './trial.ts';

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

  it.each([
    ['none is taken', 0, range, 0],
    ['some are', 60, range, 0],
    ['7 of 125 are free', 118, range, 0],
    ['6 of 125 are free', 119, range, 0],
    ['one is free', 124, range, 0],
    ['all are taken', 125, range, 50],
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
      50,
    ],
    [
      'one is free that is not reserved',
      122,
      { ...range, reserved: ['10.1.2.2', '10.1.2.3', '10.1.2.125', '10.1.2.126'] },
      0,
    ],
    [
      'one is free, and one that is reserved is so twice, as the gateway is',
      123,
      { ...range, reserved: ['10.1.2.1', '10.1.2.125', '10.1.2.125'] },
      0,
    ],
    ['the range is only the gateway', 0, { ...range, rangeEnd: '10.1.2.1' }, 50],
    ['the gateway is elsewhere', 125, { ...range, gateway: '10.9.9.9' }, 0],
    ['one of two sets is full', 125, { ranges: [[{ subnet: 'fd00::/64' }], [range]] }, 50],
    ['another range of the set is free', 125, { ranges: [[range, { subnet: '10.1.3.0/24' }]] }, 0],
    ['the range is huge', 100, { subnet: 'fd00::/8' }, 0],
  ])('when %s', async (_, count, ipam, expected) => {
    const node = taken(count);
    const { document, exitCode } = await node.run('STATUS', { ipam });
    expect(exitCode === 0 ? 0 : document['code']).toBe(expected);
  });

  it('says how many are free, and what to do', async () => {
    const { document } = await taken(125).run('STATUS', { ipam: range });
    expect(document).toEqual({
      cniVersion: '1.1.0',
      code: 50,
      msg: '0 of 125 addresses are free in range set 10.1.2.1-10.1.2.126',
      details: expect.stringContaining('GC'),
    });
  });

  it.each([
    ['7 of 125', 118, range, []],
    ['6 of 125', 119, range, ['6 of 125 addresses are free in range set 10.1.2.1-10.1.2.126']],
    ['2 of 40', 38, forty, []],
    ['1 of 40', 39, forty, ['1 of 40 addresses are free in range set 10.1.2.2-10.1.2.41']],
    ['7 of 123 not reserved', 118, { ...range, reserved: ['10.1.2.2', '10.1.2.3'] }, []],
  ])('logs that few are free: %s', async (_, count, ipam, expected) => {
    const node = taken(count);
    const logFile = join(node.dataDir, '..', 'log');
    await node.run('STATUS', { ipam, config: { logFile } });
    const lines = existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().split('\n') : [];
    const said = lines.map((line): unknown => JSON.parse(line).counts);
    expect(said.filter((counts) => counts !== undefined)).toEqual(expected);
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
