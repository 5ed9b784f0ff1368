import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, formatAddress, parseAddress } from '../../cni/address.ts';

describe('an address', () => {
  it.each([
    ['10.244.1.5', '10.244.1.5'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['fd00::', 'fd00::'],
    ['FD00:0010:0244:1:0:0:0:5', 'fd00:10:244:1::5'],
    // The longest row of zeros, the first of two; one zero alone stays (RFC 5952, section 4.2).
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['1:2:3::5:6:7:8', '1:2:3:0:5:6:7:8'],
    ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
    // IPv4, written as IPv6.
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::ffff:a00:1', '10.0.0.1'],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.0.1',
    '10.0.0.256',
    '10.0.0.01',
    '10.0.0.1 ',
    '0x0a.0.0.1',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2:3:4:5:6:7:8',
    '12345::',
    'g::',
    'fe80::1%eth0',
    '[::1]',
    '::10.0.0',
    '::10.0.0.01',
    '::10.0.0.1:1',
    '::1/64',
    '::1]@::2',
  ])('is not what %j says', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('is what Node takes for one, but for zones', () => {
    const digits = fc.constantFrom(...'0123456789abcdefABCDEF:.%/[] ');
    const texts = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ unit: digits, maxLength: 45 }),
      fc
        .array(fc.constantFrom('0', '1', 'ffff', '', '1.2.3.4'), { maxLength: 9 })
        .map((parts) => parts.join(':')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const isOne = isIP(text) !== 0 && !text.includes('%');
        expect(parseAddress(text) !== undefined).toBe(isOne);
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });

  it('is the same once it was written and read', () => {
    const addresses = fc.oneof(
      fc.record({ family: fc.constant<4>(4), value: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }) }),
      fc.record({
        family: fc.constant<6>(6),
        value: fc.bigInt({ min: 2n ** 48n, max: 2n ** 128n - 1n }),
      }),
    );
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });
});
