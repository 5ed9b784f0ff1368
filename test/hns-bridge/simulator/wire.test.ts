import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  printAnswer,
  printField,
  readField,
  readLine,
} from '../../../hns-bridge/simulator/wire.ts';

describe('a field of the wire', () => {
  it.each([
    [undefined, '-'],
    ['', '='],
    ['-', '=-'],
    ['a\tb\n', '=a\\u0009b\\u000a'],
    ['\\u0041', '=\\u005cu0041'],
    ['ü网', '=\\u00fc\\u7f51'],
  ])('%j is %s', (text, field) => {
    expect(printField(text)).toBe(field);
    expect(readField(field)).toBe(text);
  });

  it('is printable ASCII, and comes back as it was, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const field = printField(text);
        expect(field).toMatch(/^=[\x20-\x7e]*$/);
        expect(readField(field)).toBe(text);
      }),
    );
  });
});

it('a line is a name and its texts, an answer a code, a text and a record', () => {
  expect(readLine('HNSCall\t=GET\t=/networks\t-')).toEqual({
    name: 'HNSCall',
    texts: ['GET', '/networks', undefined],
  });
  expect(printAnswer(0, '[]', '')).toBe('00000000\t=[]\t-\n');
  expect(printAnswer(0x803b0001, undefined, '{}')).toBe('803b0001\t-\t={}\n');
});
