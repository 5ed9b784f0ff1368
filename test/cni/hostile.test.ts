import { describe, expect, it } from 'vitest';
import { CniError } from '../../cni/error.ts';
import { printResult } from '../../cni/print-result.ts';
import { readResult } from '../../cni/read-result.ts';
import { specVersions } from '../../cni/versions.ts';
import { commands, randomFrom, result, runCommand, variables } from './trial.ts';

const rounds = 4000;
const seeds = [1, 2, 3, 5];

const bad = [
  null,
  true,
  -1,
  1e308,
  '',
  '\0',
  '..',
  '../../x',
  'NUL',
  '__proto__',
  '\ud800',
  'x'.repeat(300),
  [],
  [[]],
  {},
  { address: {} },
];

/** A value with one of its parts, or itself, become something else. */
function mutated(value: unknown, random: () => number): unknown {
  const pick = bad[Math.floor(random() * bad.length)];
  if (typeof value !== 'object' || value === null || random() < 0.1) return pick;
  if (Array.isArray(value)) {
    if (value.length === 0) return [pick];
    const at = Math.floor(random() * value.length);
    return value.map((entry, index) => (index === at ? mutated(entry, random) : entry));
  }
  const entries = Object.entries(value);
  const at = Math.floor(random() * (entries.length + 1));
  const changed = entries.map(([key, entry], index) => [
    key,
    index === at ? mutated(entry, random) : entry,
  ]);
  if (at === entries.length) changed.push([random() < 0.5 ? '__proto__' : 'IPS', pick]);
  return Object.fromEntries(changed);
}

describe.each(seeds)('with seed %i', (seed) => {
  it('a garbled result is read or refused as one', () => {
    const random = randomFrom(seed);
    const refused = new Set<number>();
    let read = 0;
    for (let round = 0; round < rounds; round++) {
      const version = specVersions[round % specVersions.length] ?? '1.1.0';
      const value = mutated(mutated(printResult(result, version), random), random);
      try {
        JSON.stringify(printResult(readResult(value), version));
        read++;
      } catch (error) {
        if (!(error instanceof CniError)) throw error;
        refused.add(error.code);
      }
    }
    expect(read).toBeGreaterThan(0);
    expect([...refused].sort()).toEqual([1, 6]);
  });

  it('a garbled request is served or refused, never more', async () => {
    const random = randomFrom(seed);
    const config = { cniVersion: '1.1.0', name: 'cbr0', type: 'trial', prevResult: result };
    const codes = new Set<unknown>();
    for (let round = 0; round < rounds; round++) {
      const command = commands[round % commands.length] ?? 'ADD';
      const env: unknown = mutated({ ...variables, CNI_COMMAND: command, CNI_ARGS: 'a=b' }, random);
      const text = JSON.stringify(mutated(config, random));
      const cut = random() < 0.3 ? text.slice(0, Math.floor(random() * text.length)) : text;
      const done = await runCommand(textsOf(env), cut);
      if (done.stderr === '') codes.add(done.document['code']);
      else expect(done.exitCode).toBe(0);
      for (const call of done.calls) expect(call.containerId).toMatch(/^[A-Za-z0-9_.-]*$/);
    }
    expect([...codes].sort()).toEqual([1, 4, 6, 7, undefined]);
  });
});

/** What an environment can hold of it: texts. */
function textsOf(env: unknown): Record<string, string> {
  if (typeof env !== 'object' || env === null) return {};
  return Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)]));
}
