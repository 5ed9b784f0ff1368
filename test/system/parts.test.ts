import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { type CacheState, runPart, type StoredPart } from '../../system/parts.ts';

const sources: Readonly<Record<string, string>> = {
  main: "exports.sum = require('./two.js').two + require('./two.js').two + require('node:x').one",
  two: "const x = require('./main.js'); exports.circle = 'sum' in x; exports.two = (() => 2)()",
};
/** Node compiles a text once, whatever the cache: each trial has another. */
const sourceOf = (name: string, trial: string) =>
  `(function(module,exports,require){${sources[name]}})//${trial}`;

function cacheOf(source: string): Buffer {
  const script = new Script(source, { filename: 'made-before' });
  script.runInThisContext();
  return script.createCachedData();
}

/** Of another version of V8, as far as its head tells. */
function spoilt(cache: Buffer): Buffer {
  const copy = Buffer.from(cache);
  copy.writeUInt32LE(~copy.readUInt32LE(4) >>> 0, 4);
  return copy;
}

function run(trial: string, cacheFor: (source: string) => Uint8Array | undefined) {
  const compiled: [string, CacheState][] = [];
  const stored = (name: string): StoredPart => {
    const source = sourceOf(name, trial);
    return { source, cache: cacheFor(source) };
  };
  const exported = runPart('main', {
    stored,
    builtIn: (name) => ({ one: name === 'node:x' ? 1 : 0 }),
    compiled: (name, { cache }) => compiled.push([name, cache]),
  });
  return { exported, compiled };
}

describe('parts', () => {
  it.each<[string, CacheState, (source: string) => Uint8Array | undefined]>([
    ['with compiled code', 'taken', cacheOf],
    ['with compiled code that Node refuses', 'refused', (source) => spoilt(cacheOf(source))],
    ['with what is no compiled code', 'refused', () => Buffer.from('no code')],
    ['without compiled code', 'none', () => undefined],
  ])('%s run alike, each once', (trial, state, cacheFor) => {
    expect(run(trial, cacheFor)).toEqual({
      exported: { sum: 5 },
      compiled: [
        ['main', state],
        ['two', state],
      ],
    });
  });
});
