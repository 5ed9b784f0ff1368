import { describe, expect, it } from 'vitest';
import { guidBytes, wide } from '../../../hns-bridge/native/wide.ts';

describe('a text for Windows', () => {
  it.each([
    ['', '0000'],
    ['A', '41000000'],
    ['ü网😀', 'fc00517f3dd800de0000'],
    ['\ud800', '00d80000'],
  ])('is UTF-16 with a zero at its end: %j', (text, bytes) => {
    expect(wide(text).toString('hex')).toBe(bytes);
  });

  it('is refused with a zero in it, after which nothing would be read', () => {
    expect(() => wide('/networks/\0')).toThrow('NUL');
  });
});

describe('a GUID for Windows', () => {
  const bytes = '44332211665588779900aabbccddeeff';
  it.each(['11223344-5566-7788-9900-aabbccddeeff', '{11223344-5566-7788-9900-AABBCCDDEEFF}'])(
    'has its first three fields little-endian: %s',
    (id) => {
      expect(guidBytes(id).toString('hex')).toBe(bytes);
    },
  );

  it.each(['', 'pod1', '11223344-5566-7788-9900-aabbccddeef', '../11223344'])(
    'is refused when it is none: %j',
    (id) => {
      expect(() => guidBytes(id)).toThrow('not a GUID');
    },
  );
});
