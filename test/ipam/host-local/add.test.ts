import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addressesOf, type Trial, trial } from './trial.ts';

const ipam = { subnet: '10.1.2.0/29' };

/** The addresses, without their prefix lengths, of one ADD after the other, each for another pod. */
async function given(node: Trial, count: number, range: object = ipam): Promise<string[]> {
  const addresses: string[] = [];
  for (let pod = 1; pod <= count; pod++) {
    const { document } = await node.run('ADD', { ipam: { ...range }, containerId: `pod${pod}` });
    addresses.push(addressesOf(document)[0]?.split('/')[0] ?? `code ${document['code']}`);
  }
  return addresses;
}

describe('round robin', () => {
  it('gives an address again only once all others were given', async () => {
    const node = trial();
    const turns: string[] = [];
    for (let turn = 0; turn < 7; turn++) {
      turns.push(...(await given(node, 1)));
      await node.run('DEL');
    }
    expect(turns.map((address) => address.slice(-1)).join('')).toBe('2345623');
  });

  it.each([
    ['lost', undefined, '10.1.2.2'],
    ['empty', '', '10.1.2.2'],
    ['of the middle', '10.1.2.4', '10.1.2.5'],
    ['with white space around', ' 10.1.2.4\r\n', '10.1.2.5'],
    ['the end of the range', '10.1.2.6', '10.1.2.2'],
    ['the gateway', '10.1.2.1', '10.1.2.2'],
    ['the broadcast address', '10.1.2.7', '10.1.2.2'],
    ['of another range', '10.9.9.9', '10.1.2.2'],
    ['of the other family', 'fd00::1', '10.1.2.2'],
    ['half written', '10.1.', '10.1.2.2'],
    ['garbage', '\0\uFFFD\n../..', '10.1.2.2'],
    ['long', '1'.repeat(100_000), '10.1.2.2'],
  ])('goes on where last_reserved_ip.0 is %s', async (_, text, expected) => {
    const node = trial();
    if (text !== undefined) node.write('last_reserved_ip.0', text);
    expect(await given(node, 1)).toEqual([expected]);
    expect(node.read('last_reserved_ip.0')).toBe(expected);
  });

  it('goes on where last_reserved_ip.0 can be neither read nor written', async () => {
    const node = trial();
    mkdirSync(join(node.leaseFolder, 'last_reserved_ip.0'), { recursive: true });
    expect(await given(node, 3)).toEqual(['10.1.2.2', '10.1.2.3', '10.1.2.4']);
  });

  it('passes from a range to the next of its set, and comes back', async () => {
    const node = trial();
    const ranges = [[{ subnet: '10.1.2.0/30' }, { subnet: '10.1.9.0/29', rangeStart: '10.1.9.5' }]];
    node.write('last_reserved_ip.0', '10.1.9.5');
    expect(await given(node, 4, { ranges })).toEqual([
      '10.1.9.6',
      '10.1.2.2',
      '10.1.9.5',
      'code 110',
    ]);
  });

  it('is kept for each set', async () => {
    const node = trial();
    const ranges = [[{ subnet: '10.1.2.0/24' }], [{ subnet: 'fd00::/64' }]];
    node.write('last_reserved_ip.0', '10.1.2.40');
    node.write('last_reserved_ip.1', 'fd00::ff');
    expect(await node.add({ ipam: { ranges } })).toEqual(['10.1.2.41/24', 'fd00::100/64']);
    expect(node.read('last_reserved_ip.1')).toBe('fd00::100');
  });

  it('finds the one free address behind more leases than are tried blindly', async () => {
    let tried = 0;
    const node = trial({
      files: (files) => ({
        ...files,
        link(from, to) {
          tried++;
          files.link(from, to);
        },
      }),
    });
    for (let at = 1; at < 2048; at++) {
      if (at !== 1999) node.write(`10.1.${at >> 8}.${at & 255}`, `old${at}\r\neth0`);
    }
    expect(await given(node, 2, { subnet: '10.1.0.0/21' })).toEqual(['10.1.7.207', 'code 110']);
    // 1024 for each ADD, then only what the list of the folder shows to be free.
    expect(tried).toBe(2 * 1024 + 1);
    expect(node.read('last_reserved_ip.0')).toBe('10.1.7.207');
  });
});

describe('a repeated ADD', () => {
  it('gets what it got, also from a reference that wrote no interface', async () => {
    const node = trial();
    node.write('10.1.2.5', 'pod1\r\neth0');
    node.write('10.1.2.6', 'pod2');
    expect(await node.add()).toEqual(['10.1.2.5/29']);
    expect(await node.add({ containerId: 'pod2' })).toEqual(['10.1.2.6/29']);
    expect(node.leases()).toEqual(['10.1.2.5', '10.1.2.6']);
  });

  it('is for that interface alone', async () => {
    const node = trial();
    expect(await node.add()).toEqual(['10.1.2.2/29']);
    expect(await node.add({ ifName: 'net1' })).toEqual(['10.1.2.3/29']);
  });

  it('keeps what it got when it fails', async () => {
    const node = trial();
    node.write('10.1.2.5', 'pod1\r\neth0');
    const ranges = [[ipam], [{ subnet: '10.1.9.0/30' }]];
    node.write('10.1.9.2', 'other\r\neth0');
    expect(await node.add({ ipam: { ranges } })).toBe(110);
    const asked = { args: 'IP=10.1.2.5', ipam: { ranges } };
    expect(await node.add(asked)).toBe(110);
    expect(node.leases()).toEqual(['10.1.2.5', '10.1.9.2']);
  });

  it.each([
    ['is the gateway now', { ...ipam, gateway: '10.1.2.5' }, '10.1.2.1/29'],
    ['is reserved now', { ...ipam, reserved: ['10.1.2.5'] }, '10.1.2.2/29'],
    ['is out of the range now', { ...ipam, rangeEnd: '10.1.2.4' }, '10.1.2.2/29'],
  ])('gets another address where its own %s', async (_, range, expected) => {
    const node = trial();
    node.write('10.1.2.5', 'pod1\r\neth0');
    expect(await node.add({ ipam: range })).toEqual([expected]);
  });
});

describe('ipam.reserved', () => {
  it('is never given', async () => {
    const node = trial();
    // The number of `::a01:203` is that of 10.1.2.3, which is of the other family.
    const reserved = ['10.1.2.2', '10.1.2.4/29', 'fd00::1', '10.9.9.9', '::a01:203'];
    expect(await given(node, 4, { ...ipam, reserved })).toEqual([
      '10.1.2.3',
      '10.1.2.5',
      '10.1.2.6',
      'code 110',
    ]);
  });

  it.each([[['x']], [['10.1.2']], [[7]], ['10.1.2.2']])('%j is refused', async (reserved) => {
    const { document } = await trial().run('ADD', { ipam: { ...ipam, reserved } });
    expect(document).toMatchObject({ code: 7, msg: expect.stringContaining('ipam.reserved') });
  });
});

describe('what else lies in the folder', () => {
  it('is nobody’s lease', async () => {
    const node = trial();
    for (const name of [
      'lock',
      'README',
      '.wincni-1-abc',
      '10.1.2.02',
      '10.1.2.3.bak',
      '::ffff:10.1.2.4',
    ]) {
      node.write(name, 'pod1\r\neth0');
    }
    expect(await node.add()).toEqual(['10.1.2.2/29']);
    expect(await node.code('DEL')).toBe(0);
    expect(await node.code('CHECK')).toBe(112);
  });

  it('may be a folder named as an address: that is not given, and troubles nobody', async () => {
    const node = trial();
    mkdirSync(join(node.leaseFolder, '10.1.2.2'), { recursive: true });
    writeFileSync(join(node.leaseFolder, '10.1.2.2', 'x'), 'pod1\r\neth0');
    expect(await node.add()).toEqual(['10.1.2.3/29']);
    expect(await node.code('CHECK')).toBe(0);
    expect(await node.code('STATUS')).toBe(0);
    expect(await node.code('DEL')).toBe(0);
    expect(node.leases()).toEqual(['10.1.2.2']);
  });
});
