import type { Facts } from '../facts/facts.ts';
import type { Check, CheckedNode, Finding, Outcome } from './check.ts';
import { checkedNode } from './node.ts';

/** Which checks are looked at: ids, or groups (`node`, `conf`). */
export interface Selection {
  readonly only?: readonly string[];
  readonly ignore?: readonly string[];
}

const rank = { ok: 0, note: 1, warn: 2, fail: 3 } as const;

/** What the checks say of a node. A check whose facts are missing is skipped, never ok. */
export function judge(
  facts: Facts,
  checks: readonly Check[],
  { ignore = [], only }: Selection = {},
): readonly Outcome[] {
  const node = checkedNode(facts);
  return checks
    .filter(({ id }) => (only === undefined || isNamed(id, only)) && !isNamed(id, ignore))
    .map(({ applies, concerns, find, id, needs, unknown }) => {
      if (concerns && !concerns(facts)) return { id, result: 'not applicable', findings: [] };
      const lack = lacking(facts, needs);
      if (lack !== undefined) return { id, result: 'skipped', findings: [], why: plain(lack) };
      if (applies && !applies(node)) {
        const unread = unreadBy(facts, applies);
        return unread === undefined
          ? { id, result: 'not applicable', findings: [] }
          : { id, result: 'skipped', findings: [], why: plain(unread) };
      }
      const why = unknown?.(node);
      if (why !== undefined) return { id, result: 'skipped', findings: [], why: plain(why) };
      const findings = find(node).map(shown);
      const worst = findings.reduce<keyof typeof rank>(
        (level, finding) => (rank[finding.level] > rank[level] ? finding.level : level),
        'ok',
      );
      return { id, result: worst, findings };
    });
}

/** Why it is not known whether a check applies: it goes by configurations, and those could not be read. */
function unreadBy(facts: Facts, applies: (node: CheckedNode) => boolean): string | undefined {
  const lack = facts.missing.find(({ fact }) => fact === 'configurations');
  if (!lack || lack.reason === 'absent') return undefined;
  const read = checkedNode(facts);
  let isAsked = false;
  applies({
    facts,
    get configurations() {
      isAsked = true;
      return read.configurations;
    },
  });
  return isAsked ? wordsOf(lack) : undefined;
}

function wordsOf({ reason, what }: Facts['missing'][number]): string {
  return reason === 'administrator' ? 'needs administrator' : what;
}

/** A finding as a terminal can show it. */
function shown({ level, remedy, what }: Finding): Finding {
  return {
    level,
    what: plain(what),
    remedy: remedy.flatMap((line) => line.split('\n').map(plain)),
  };
}

/** A line of words without what would move a cursor or turn the text around: names in facts are anybody's. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** Whether an id, or its group, is among names. */
export function isNamed(id: string, names: readonly string[]): boolean {
  return names.some((name) => id === name || id.startsWith(`${name}.`));
}

/** Why a check cannot be made, in words; undefined if it can. */
function lacking(facts: Facts, needs: readonly string[]): string | undefined {
  for (const need of needs) {
    const said = facts.missing.find(({ fact }) => fact === need || need.startsWith(`${fact}.`));
    if (said) return wordsOf(said);
    if (valueAt(facts, need) === undefined) return `nothing is known of ${need}`;
  }
  return undefined;
}

function valueAt(facts: Facts, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
      facts,
    );
}
