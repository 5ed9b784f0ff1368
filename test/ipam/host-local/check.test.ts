import { describe, expect, it } from 'vitest';
import { previous, trial } from './trial.ts';

describe('CHECK', () => {
  it.each([
    ['the lease is there', {}],
    ['prevResult names it', { prevResult: previous('10.1.2.2/29') }],
    [
      'prevResult has other plugins’ addresses too',
      { prevResult: previous('10.9.9.9/24', '10.1.2.2/29') },
    ],
    ['the version is 0.4.0', { cniVersion: '0.4.0' }],
  ])('is content when %s', async (_, config) => {
    const node = trial();
    await node.add();
    expect(await node.run('CHECK', { config })).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
    expect(node.leases()).toEqual(['10.1.2.2']);
  });

  it.each([
    ['nobody’s', {}, {}, 'failed to find an address of container pod9'],
    [
      'gone',
      {},
      { prevResult: previous('10.1.2.3/29') },
      'the lease of 10.1.2.3 is not held by pod9',
    ],
    [
      'another pod’s',
      {},
      { prevResult: previous('10.1.2.2/29') },
      'the lease of 10.1.2.2 is not held by pod9',
    ],
    [
      'another interface’s',
      { containerId: 'pod1', ifName: 'net1' },
      {},
      'failed to find an address of container pod1',
    ],
    [
      'one of two gone',
      { containerId: 'pod1' },
      { prevResult: previous('10.1.2.2/29', '10.1.2.4/29') },
      'the lease of 10.1.2.4 is not held by pod1',
    ],
  ])('says that a lease is %s', async (_, asking, config, msg) => {
    const node = trial();
    await node.add();
    const { document } = await node.run('CHECK', { containerId: 'pod9', ...asking, config });
    expect(document).toMatchObject({ code: 112, msg, details: expect.any(String) });
  });

  it('names who holds the lease', async () => {
    const node = trial();
    node.write('10.1.2.2', 'pod1');
    node.write('10.1.2.3', 'pod1\r\nnet1');
    const details = async (address: string) => {
      const config = { prevResult: previous(address) };
      return (await node.run('CHECK', { containerId: 'pod9', config })).document['details'];
    };
    expect(await details('10.1.2.2/29')).toBe('it is held by pod1');
    expect(await details('10.1.2.3/29')).toBe('it is held by pod1, net1');
    expect(await details('10.1.2.4/29')).toContain('may be given to another pod');
  });

  it('is not of 0.3.1', async () => {
    expect(await trial().code('CHECK', { config: { cniVersion: '0.3.1' } })).toBe(1);
  });
});
