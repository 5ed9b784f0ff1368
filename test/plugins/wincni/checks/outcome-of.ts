import { checks } from '../../../../plugins/wincni/checks/checks.ts';
import { judge } from '../../../../plugins/wincni/checks/judge.ts';
import { type Sick, sickFacts } from '../../../helpers/facts-files.ts';

/** What is changed of a healthy node. */
export type Changes = Pick<Sick, 'remove' | 'replace' | 'set'>;

export const bases = {
  overlay: 'server-2019-overlay',
  bridge: 'server-2022-host-gw',
  new: 'server-2025-overlay',
} as const;

/** What a check says of a node that is well but for these changes. */
export function outcomeOf(id: string, base: keyof typeof bases, changes: Changes) {
  const sick: Sick = { source: 'written by hand', base: bases[base], expect: {}, ...changes };
  const [outcome] = judge(sickFacts(sick), checks, { only: [id] });
  if (!outcome) throw new Error(`there is no check ${id}`);
  return outcome;
}

/** The same in a word. */
export const resultOf = (id: string, base: keyof typeof bases, changes: Changes) =>
  outcomeOf(id, base, changes).result;
