import * as z from 'zod/mini';
import { isIdentifier } from '../../../cni/identifiers.ts';
import { defined } from '../../../system/defined.ts';
import { operatorCommand } from '../command.ts';
import { exit } from '../exit.ts';
import { changing } from '../given.ts';
import type { Operator } from '../operator.ts';
import { type Collected, type CollectPlan, collect, planCollection } from '../pods/collect.ts';
import { collectionText } from '../pods/collection-text.ts';
import { type NodeView, noteLacks, withNode } from '../pods/node-view.ts';
import { partsOf } from '../pods/words.ts';
import type { Report } from '../report.ts';
import type { TypedOptions } from '../typed.ts';

const part = () =>
  z.object({
    network: z.string(),
    container: z.string(),
    why: z.string(),
    parts: z.array(z.string()),
  });

/** `wincni gc`: removes what is left of pods that are proven gone. */
export const gcCommand = operatorCommand({
  name: 'gc',
  summary: 'removes what is left of pods that are gone; without --yes it only says what',
  about:
    "Removes endpoints, leases and scratch files of pods that are gone, by the plugins' own DEL.\n\n" +
    'By itself it changes nothing, as with --dry-run: it lists, and exits 4 where there is something to remove, 0 where there is not. ' +
    'With --yes it acts, and exits 1 where something could not be removed. It never asks.\n\n' +
    "It looks twice. What differs, is younger than ten minutes, or is the host's own (cbr0_ep, kube-proxy's source address) stays. " +
    'Which pods are gone, the runtime says (crictl pods). Where it does not tell, only what HNS itself proves is removed: ' +
    'endpoints in a namespace that does not exist any more; leases and scratch files without an endpoint, where every namespace has its endpoint.',
  options: [
    ['--network <name>', 'of this network alone'],
    ['--conf-dir <folder>', 'where the configurations are, if not where the runtime says'],
    ['--bin-dir <folder>', 'where the plugins are, if not where the runtime says'],
  ],
  changes: true,
  examples: [
    ['wincni gc --dry-run', 'what is left of pods that are gone, and why it is known'],
    ['wincni gc --yes', 'removes it'],
  ],
  given: () =>
    z.object({
      options: z.object({
        ...changing(),
        network: z.optional(z.string().check(z.refine(isIdentifier, 'not the name of a network'))),
        confDir: z.optional(z.string().check(z.minLength(1))),
        binDir: z.optional(z.string().check(z.minLength(1))),
      }),
    }),
  document: () =>
    z.object({
      acted: z.boolean(),
      runtimeTells: z.boolean(),
      stale: z.array(
        z.extend(part(), {
          removed: z.optional(z.boolean()),
          error: z.optional(z.string()),
          left: z.optional(z.array(z.string())),
        }),
      ),
      stays: z.array(part()),
    }),
  run: (operator, { options }) =>
    withNode(operator, options, async (view) => {
      const plan = await planCollection(operator, view, options.network);
      noteWhatWasNotAsked(operator, view, plan);
      const acts = options.yes === true && options.dryRun !== true;
      if (!acts) return reportOf(plan, options);
      return reportOf(
        plan,
        options,
        await collect(operator, view, plan.removed, progressOn(operator)),
      );
    }),
});

function reportOf(plan: CollectPlan, said: TypedOptions, done?: readonly Collected[]): Report {
  const failed = done?.some(({ error, left }) => error !== undefined || left) ?? false;
  const isThere = done === undefined && plan.removed.length > 0;
  return {
    exitCode: failed ? exit.failed : isThere ? exit.warnings : exit.fine,
    document: {
      acted: done !== undefined,
      runtimeTells: plan.runtimeTells,
      stale: plan.removed.map(({ row, why }, index) => {
        const became = done?.[index];
        return defined({
          network: row.network,
          container: row.container,
          why,
          parts: partsOf(row),
          removed: became && became.error === undefined && !became.left,
          error: became?.error,
          left: became?.left && partsOf(became.left),
        });
      }),
      stays: plan.kept.map(({ row, why }) => ({
        network: row.network,
        container: row.container,
        why,
        parts: partsOf(row),
      })),
    },
    text: (terminal) => collectionText(terminal, plan, done, said),
  };
}

/** A line a second, to a person only. */
function progressOn({ interactive, machine: { clock }, writeStderr }: Operator) {
  let said = clock.elapsed();
  return (done: number, of: number) => {
    if (!interactive || clock.elapsed() - said < 1000) return;
    said = clock.elapsed();
    writeStderr(`${done} of ${of} removed\n`);
  };
}

/** What was decided without: said beside the data. */
function noteWhatWasNotAsked(operator: Operator, view: NodeView, plan: CollectPlan): void {
  noteLacks(operator, view);
  if (plan.runtimeTells) return;
  operator.writeStderr('note: the runtime does not tell its pods: only what HNS proves is stale\n');
}
