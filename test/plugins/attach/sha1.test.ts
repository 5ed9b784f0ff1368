import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha1 } from '../../../plugins/attach/sha1.ts';

describe('SHA-1', () => {
  // Around the ends of blocks: there, padding is easily wrong.
  const lengths = [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 118, 119, 120, 127, 128, 129, 1000, 70_000];

  it.each(lengths)('of %i bytes is what node:crypto makes of them', (length) => {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 167 + length) & 255);
    expect(sha1(bytes)).toBe(createHash('sha1').update(bytes).digest('hex'));
  });

  it.each([
    ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '84983e441c3bd26ebaae4aa1f95129e5e54670f1',
    ],
    ['a'.repeat(1_000_000), '34aa973cd4c4daa4f61eeb2bdbad27316534016f'],
  ])('is what FIPS 180 has as an example: %.20s', (text, digest) => {
    expect(sha1(Buffer.from(text))).toBe(digest);
  });
});
