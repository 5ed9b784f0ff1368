import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Outcome } from '../../../../plugins/wincni/checks/check.ts';
import { checks } from '../../../../plugins/wincni/checks/checks.ts';
import { judge } from '../../../../plugins/wincni/checks/judge.ts';
import { type Facts, factsSchema } from '../../../../plugins/wincni/facts/facts.ts';
import {
  healthyFacts,
  healthyNames,
  sickFacts,
  sickFile,
  sickNames,
} from '../../../helpers/facts-files.ts';

const ids = checks.map(({ id }) => id);

/** What is good to know of a node that is well: the checks that give a note. */
const notes: Readonly<Record<string, readonly string[]>> = {
  'server-2019-docker-l2bridge': [],
  'server-2019-overlay': ['node.mac-spoofing'],
  'server-2022-host-gw': [],
  'server-2025-hostprocess': ['node.mac-spoofing'],
  'server-2025-overlay': ['node.mac-spoofing'],
  'server-2025-rke2': ['node.mac-spoofing'],
};

/** What cannot be told of such a node. */
const untold: Readonly<Record<string, readonly string[]>> = {
  // No configuration of theirs names a logFile.
  'server-2019-docker-l2bridge': ['perf.log'],
  'server-2025-rke2': ['perf.log'],
  // A HostProcess container has variables of its own.
  'server-2025-hostprocess': ['proxy.network'],
};

describe.each(healthyNames)('the node that is well, %s', (name) => {
  const outcomes = judge(healthyFacts(name), checks);

  it('has nothing that is wrong, and nothing that cannot be told but what is listed', () => {
    const amiss = outcomes.filter(
      ({ result }) => !['ok', 'note', 'not applicable'].includes(result),
    );
    expect(amiss.map(({ id, result }) => [id, result])).toEqual(
      (untold[name] ?? []).map((id) => [id, 'skipped']),
    );
  });

  it('has the notes that are listed', () => {
    const noted = outcomes.filter(({ result }) => result === 'note').map(({ id }) => id);
    expect(noted).toEqual(notes[name]);
  });
});

describe.each(sickNames)('the node that is sick in one way, %s', (name) => {
  const sick = sickFile(name);

  it('is named for a check that finds it', () => {
    expect(Object.keys(sick.expect)).toContain(checkOf(name));
    for (const id of Object.keys(sick.expect)) expect(ids).toContain(id);
  });

  it('differs in these checks alone from the node that is well', () => {
    const well = judge(healthyFacts(sick.base), checks);
    const found = judge(sickFacts(sick), checks);
    const differing = found.filter(
      (outcome, index) => JSON.stringify(outcome) !== JSON.stringify(well[index]),
    );
    expect(levelsOf(differing)).toEqual(
      Object.fromEntries(Object.entries(sick.expect).map(([id, { level }]) => [id, level])),
    );
    for (const outcome of differing) {
      const { level, remedy, says } = sick.expect[outcome.id] ?? {};
      const isFinding = level === 'fail' || level === 'warn' || level === 'note';
      const findings = outcome.findings.filter((finding) => finding.level === level);
      const said = isFinding ? findings.map(({ what }) => what) : [outcome.why ?? ''];
      for (const part of [says ?? []].flat()) expect(said.join('\n')).toContain(part);
      const lines = findings.flatMap((finding) => finding.remedy);
      for (const part of [remedy ?? []].flat()) expect(lines.join('\n')).toContain(part);
      if (isFinding) expect(lines.filter((line) => line.trim() !== '')).not.toEqual([]);
    }
  });
});

describe('without rights to read the configurations', () => {
  const denied = { fact: 'configurations', reason: 'administrator', what: 'EACCES' } as const;
  it.each(healthyNames)('nothing that goes by them is passed over on %s', (name) => {
    const well = judge(healthyFacts(name), checks);
    const facts = { ...healthyFacts(name), configurations: [], missing: [denied] };
    const passed = judge(facts, checks).filter(
      ({ result }, index) => result === 'not applicable' && well[index]?.result === 'ok',
    );
    expect(passed).toEqual([]);
    expect(judge(facts, checks, { only: ['flannel.running', 'hns.network'] })).toMatchObject([
      { result: 'skipped', why: 'needs administrator' },
      { result: 'skipped', why: 'needs administrator' },
    ]);
  });
});

describe('every check', () => {
  const everyNode = [
    ...healthyNames.map(healthyFacts),
    ...sickNames.map((name) => sickFacts(sickFile(name))),
  ];
  const outcomes = everyNode.flatMap((facts) => judge(facts, checks));
  const files = sickNames.map((name) => ({ name, ...sickFile(name) }));

  it('has an id of its own', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(checks)(
    '$id has a node that is sick for each level that it may find',
    ({ id, levels }) => {
      const found = new Set(files.flatMap(({ expect }) => expect[id]?.level ?? []));
      expect(levels.filter((level) => !found.has(level))).toEqual([]);
      expect(levels).not.toEqual([]);
    },
  );

  it.each(checks)('$id finds nothing of another level', ({ id, levels }) => {
    const found = outcomes.filter((outcome) => outcome.id === id);
    for (const { findings } of found) {
      for (const { level, remedy, what } of findings) {
        expect(levels).toContain(level);
        expect(what).not.toMatch(/\.$|[^ -~]|undefined|NaN|\[object/);
        expect(remedy.join('\n')).not.toMatch(/[^ -~\n]|undefined|NaN|\[object/);
      }
    }
  });

  it.each(checks.flatMap(({ id, needs }) => needs.map((need) => ({ id, need }))))(
    '$id is skipped without $need, and says why',
    ({ id, need }) => {
      const name = 'server-2019-overlay';
      const only = { only: [id] };
      const bare = without(healthyFacts(name), need);
      if (isWhole(bare)) {
        expect(judge(bare, checks, only)).toMatchObject([
          { id, result: 'skipped', why: expect.stringContaining(need) },
        ]);
      }
      const lacking = (reason: 'administrator' | 'failed') => ({
        ...(isWhole(bare) ? bare : healthyFacts(name)),
        missing: [{ fact: need, reason, what: 'it could not be read' }],
      });
      expect(judge(lacking('administrator'), checks, only)).toMatchObject([
        { result: 'skipped', why: 'needs administrator' },
      ]);
      expect(judge(lacking('failed'), checks, only)).toMatchObject([
        { result: 'skipped', why: 'it could not be read' },
      ]);
    },
  );
});

/** Whether it is a document of facts still: some keys are always there, and `missing` alone says that nothing is in them. */
function isWhole(facts: Facts): boolean {
  return z.safeParse(factsSchema(), facts).success;
}

/** A fixture's name is a check's id and a word: `node.build.old`. */
function checkOf(name: string): string {
  return name.split('.').slice(0, 2).join('.');
}

function levelsOf(outcomes: readonly Outcome[]): Readonly<Record<string, string>> {
  return Object.fromEntries(outcomes.map(({ id, result }) => [id, result]));
}

function without(facts: Facts, path: string): Facts {
  const copy = structuredClone(facts);
  const steps = path.split('.');
  const key = steps.pop() ?? '';
  const holder = steps.reduce<object>((value, step) => Reflect.get(value, step), copy);
  Reflect.deleteProperty(holder, key);
  return copy;
}
