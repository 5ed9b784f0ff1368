import { describe, expect, it } from 'vitest';
import { parseJsonObject } from '../../cni/json.ts';
import { faultIn } from '../../cni/json-fault.ts';
import { isJsonObject } from '../../cni/json-object.ts';
import { keyValue, withKey, withoutKey } from '../../cni/keys.ts';
import { randomFrom, thrownBy } from './trial.ts';

describe('where a text stops being JSON', () => {
  it.each([
    ['{"a": tru}', 'tru}'],
    ['{"a": flannel}', 'flannel}'],
    ['{a: 1}', 'a: 1}'],
    ["{'a': 1}", "'a': 1}"],
    ['{"a": 1,}', '}'],
    ['{"a": 1 "b": 2}', '"b": 2}'],
    ['{"a" 1}', '1}'],
    ['{"a": 01}', '01}'],
    ['{"a": .5}', '.5}'],
    ['{"a": +1}', '+1}'],
    ['{"a": 1.}', '1.}'],
    ['{"a": NaN}', 'NaN}'],
    ['[1}', '}'],
    ['{]', ']'],
    ['[,]', ',]'],
    ['{"a": "x\ny"}', '\ny"}'],
    ['{"a": "\t"}', '\t"}'],
    ['{"a": "\\x"}', '\\x"}'],
    ['{"a": "\\u12"}', '\\u12"}'],
    ['{} {}', '{}'],
    ['// a note\n{}', '// a note\n{}'],
    ['{"a": 1', ''],
    ['{"a": "x', ''],
    ['[[{"a": [', ''],
  ])('%j', (text, rest) => {
    expect(text.slice(faultIn(text))).toBe(rest);
  });

  it('is within a token of where V8 sees it, whenever V8 says', () => {
    const random = randomFrom(7);
    const good = '{"a":[1,-2.5e3,true,null,{"b":"x\\u0041\\n"}],"c":{},"d":[[]],"é":"😀"}';
    const letters = '{}[],:"\\ 0a.e-tn';
    let compared = 0;
    for (let round = 0; round < 20_000; round++) {
      const at = Math.floor(random() * good.length);
      const letter = letters[Math.floor(random() * letters.length)] ?? '';
      const text = good.slice(0, at) + letter + good.slice(at + (random() < 0.5 ? 1 : 0));
      const position = v8Position(text);
      if (position === undefined) continue;
      compared++;
      expect(Math.abs(faultIn(text) - position), text).toBeLessThanOrEqual(8);
    }
    expect(compared).toBeGreaterThan(1000);
  });
});

/** Where V8 says that a text breaks; undefined for good ones and where it doesn't say. */
function v8Position(text: string): number | undefined {
  try {
    JSON.parse(text);
  } catch (error) {
    const position = /at position (\d+)/.exec(String(error))?.[1];
    if (position !== undefined) return Number(position);
  }
  return undefined;
}

describe('a JSON object', () => {
  const parse = (text: string) => parseJsonObject(Buffer.from(text), 'the file');

  it('may nest 500 deep', () => {
    const nested = (depth: number) => '{"a":'.repeat(depth) + 1 + '}'.repeat(depth);
    expect(isJsonObject(parse(nested(500)))).toBe(true);
    const error = thrownBy(() => parse(nested(501)));
    expect(error).toMatchObject({ code: 6, message: 'the file nests more than 500 deep' });
  });

  it('may hold as many brackets in texts as it likes', () => {
    const text = JSON.stringify({ a: `${'['.repeat(1000)}\\"${'{'.repeat(1000)}` });
    expect(parse(text)).toEqual(JSON.parse(text));
  });
});

describe('keys', () => {
  it('match in any letter case, the last that is not null', () => {
    expect(keyValue({ name: 1, NAME: 2, Name: null }, 'name')).toBe(2);
    expect(keyValue({ names: 1 }, 'name')).toBeUndefined();
    expect(keyValue({}, 'constructor')).toBeUndefined();
  });

  it('are replaced and left out in any letter case', () => {
    const config = { Name: 'a', NAME: 'b', other: 1 };
    expect(withKey(config, 'name', 'c')).toEqual({ other: 1, name: 'c' });
    expect(withoutKey(config, 'nAmE')).toEqual({ other: 1 });
    expect(config).toEqual({ Name: 'a', NAME: 'b', other: 1 });
  });
});
