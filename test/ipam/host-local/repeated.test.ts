import { describe, expect, it } from 'vitest';
import { systemError, type Trial, trial } from './trial.ts';

/** More files than an ADD reads: it looks only where an address was given lately. */
const many = 600;
const subnet = '10.5.0.0/16';
const ipam = { subnet };

function crowded(node: Trial = trial()): Trial {
  for (let at = 2; at < many; at++) node.write(`10.5.${at >> 8}.${at & 255}`, `old${at}\r\neth0`);
  return node;
}

describe('a repeated ADD among more leases than it reads', () => {
  it.each([
    ['at once', 0],
    ['after 200 others', 200],
  ])('gets what it got: %s', async (_, others) => {
    const node = crowded();
    const first = await node.add({ ipam });
    for (let at = 0; at < others; at++) await node.add({ ipam, containerId: `between${at}` });
    expect(await node.add({ ipam })).toEqual(first);
    expect(await node.code('DEL', { ipam })).toBe(0);
    expect(node.leases()).toHaveLength(many - 2 + others);
  });

  it('gets what it got when it was killed before it wrote down what it had taken', async () => {
    let isKilled = true;
    const node = crowded(
      trial({
        files: (files) => ({
          ...files,
          rename(from, to) {
            if (isKilled && to.includes('last_reserved_ip')) throw systemError('EIO', 'rename');
            files.rename(from, to);
          },
        }),
      }),
    );
    node.write('last_reserved_ip.0', '10.5.2.80');
    const first = await node.add({ ipam });
    expect(first).toEqual(['10.5.2.88/16']);
    expect(node.read('last_reserved_ip.0')).toBe('10.5.2.80');
    isKilled = false;
    expect(await node.add({ ipam })).toEqual(first);
  });

  it('gets what it got where the range ended in between, in each set', async () => {
    const node = crowded();
    const ranges = [
      [{ subnet: '10.7.0.0/24' }, { subnet: '10.8.0.0/24' }],
      [{ subnet: 'fd00::/64' }],
    ];
    node.write('last_reserved_ip.0', '10.8.0.253');
    const first = await node.add({ ipam: { ranges } });
    expect(first).toEqual(['10.8.0.254/24', 'fd00::2/64']);
    await node.add({ ipam: { ranges }, containerId: 'pod2' });
    expect(node.read('last_reserved_ip.0')).toBe('10.7.0.2');
    expect(await node.add({ ipam: { ranges } })).toEqual(first);
  });
});
