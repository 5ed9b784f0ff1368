import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../cni/address.ts';
import {
  type RangeSet,
  rangeFinder,
  rangeFor,
  readRange,
} from '../../../ipam/host-local/ranges.ts';

const address = (text: string) => parseAddress(text) ?? { family: 4, value: 0n };

describe('the range of an address', () => {
  const set = [
    { subnet: '10.3.0.0/24', rangeStart: '10.3.0.10', rangeEnd: '10.3.0.20' },
    { subnet: '10.1.0.0/24' },
    { subnet: '10.2.0.0/24', rangeStart: '10.2.0.100' },
    { subnet: '10.3.0.0/24', rangeStart: '10.3.0.21', rangeEnd: '10.3.0.21' },
  ].map((written) => readRange('ipam', written));

  it.each([
    ['10.0.255.255', undefined],
    ['10.1.0.0', undefined],
    ['10.1.0.1', 1],
    ['10.1.0.254', 1],
    ['10.1.0.255', undefined],
    ['10.2.0.99', undefined],
    ['10.2.0.100', 2],
    ['10.3.0.20', 0],
    ['10.3.0.21', 3],
    ['10.3.0.22', undefined],
    ['255.255.255.255', undefined],
    // Of the same value as 10.1.0.1.
    ['::a01:1', undefined],
  ])('of %s is that at %s', (text, at) => {
    const expected = at === undefined ? undefined : set[at];
    expect(rangeFor(set, address(text))).toBe(expected);
    expect(rangeFinder(set)(address(text))).toBe(expected);
  });

  it('is found among many without a look at each', () => {
    let looks = 0;
    const many: RangeSet = Array.from({ length: 1024 }, (_, at) => {
      const range = readRange('ipam', { subnet: `10.${at >> 8}.${at & 255}.0/30` });
      return Object.defineProperty({ ...range }, 'start', {
        get: () => {
          looks++;
          return range.start;
        },
      });
    });
    const find = rangeFinder(many);
    looks = 0;
    expect(find(address('10.2.17.2'))).toBe(many[529]);
    expect(looks).toBeLessThan(20);
  });
});
