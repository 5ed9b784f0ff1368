import { describe, expect, test } from 'vitest';
import {
  createLineReader,
  escapeField,
  parseLine,
  requestLine,
  unescapeField,
} from '../../../hns-bridge/powershell/protocol.ts';

const texts = [
  '',
  '{"a":"plain"}',
  '{\n\t"pretty": [1,\r\n 2]\n}',
  '%',
  '%%25%2509%0A',
  '{"u":"žluťoučký kůň 日本語 🎉 \u2028\u0085 \ufeff"}',
  '$(throw 1) `n ; | & <> ^ %PATH%',
];

describe('a field', () => {
  test.each(texts)('%j comes back as it was, on one line', (text) => {
    const escaped = escapeField(text);
    expect(escaped).not.toMatch(/[\t\r\n]/);
    expect(unescapeField(escaped)).toBe(text);
  });
});

describe('a request', () => {
  test('is one line of id, verb and fields', () => {
    expect(requestLine('7', 'v1', ['GET', '/networks', ''])).toBe('7\tv1\tGET\t/networks\t\n');
    expect(requestLine('8', 'load', ['a\n\tb%'])).toBe('8\tload\ta%0A%09b%25\n');
  });
});

describe('a line of PowerShell', () => {
  const ready = { kind: 'ready', version: '5.1.1', edition: 'Desktop', bits: '64', pid: '12' };
  test.each([
    ['-\tready\t1\t5.1.1\tDesktop\t64\t12', ready],
    ['-\tready\t1\t5.1.1\tDesktop\t64\t12\r', ready],
    ['-\tready\t2\t5.1.1\tDesktop\t64\t12', { kind: 'noise' }],
    ['3\tok\t{"a":%09}', { kind: 'answer', id: '3', payload: '{"a":\t}' }],
    ['3\tok\t', { kind: 'answer', id: '3', payload: '' }],
    ['3\tok', { kind: 'noise' }],
    ['3\tok\ta\tb', { kind: 'noise' }],
    [
      '3\terr\thresult\t0x803B0001\tHcnOpenNetwork\t{}',
      {
        kind: 'refusal',
        id: '3',
        code: 'hresult',
        hresult: '0x803B0001',
        message: 'HcnOpenNetwork',
        detail: '{}',
      },
    ],
    [
      '-\terr\tlanguage-mode\t-\tConstrainedLanguage\r',
      {
        kind: 'refusal',
        id: '-',
        code: 'language-mode',
        hresult: '-',
        message: 'ConstrainedLanguage',
        detail: '',
      },
    ],
    ['WARNING: hello', { kind: 'noise' }],
    ['', { kind: 'noise' }],
  ])('%j is understood', (line, meaning) => {
    expect(parseLine(Buffer.from(line))).toEqual(meaning);
  });

  test('that is not UTF-8 is noise', () => {
    const bytes = Buffer.concat([Buffer.from('3\tok\t'), Buffer.from([0xc3, 0x28])]);
    expect(parseLine(bytes)).toEqual({ kind: 'noise' });
  });
});

describe('the line reader', () => {
  const bytes = Buffer.from('first\nsécond 🎉\n\nrest');

  test.each(Array.from(bytes, (_, at) => at + 1))(
    'finds the lines in pieces of %i bytes',
    (size) => {
      const reader = createLineReader(100);
      const lines: string[] = [];
      for (let from = 0; from < bytes.length; from += size) {
        for (const line of reader.read(bytes.subarray(from, from + size)) ?? []) {
          lines.push(line.toString());
        }
      }
      expect(lines).toEqual(['first', 'sécond 🎉', '']);
      expect(reader.rest().toString()).toBe('rest');
    },
  );

  test.each([
    ['12345\n', ['12345']],
    ['123456\n', undefined],
    ['123456', undefined],
  ])('with a limit of 5 bytes gives for %j %j', (text, lines) => {
    expect(createLineReader(5).read(Buffer.from(text))?.map(String)).toEqual(lines);
  });

  test('counts a line over all its chunks', () => {
    const reader = createLineReader(5);
    expect(reader.read(Buffer.from('123'))).toEqual([]);
    expect(reader.read(Buffer.from('456\n'))).toBeUndefined();
  });
});
