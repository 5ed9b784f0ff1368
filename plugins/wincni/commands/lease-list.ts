import * as z from 'zod/mini';
import { operatorCommand } from '../command.ts';
import { exit } from '../exit.ts';
import { gathering, gatheringOptions, shared } from '../given.ts';
import { lookOnce, noteLacks, withNode } from '../pods/node-view.ts';
import { documentOfRow, rowSchema } from '../pods/row-document.ts';
import { podsText } from '../pods/show-text.ts';
import { chosen, leaseTable } from '../pods/tables.ts';

/** `wincni lease list`: what host-local has given, and whether it is in use. */
export const leaseListCommand = operatorCommand({
  name: 'lease list',
  summary: "host-local's leases, and whether they are in use",
  options: [
    ['--wide', 'whole ids'],
    ['--network <name>', 'of this network alone'],
    ...gatheringOptions,
  ],
  examples: [['wincni lease list --network cbr0', 'the addresses that are given on cbr0']],
  given: () =>
    z.object({
      options: z.object({
        ...shared(),
        ...gathering(),
        wide: z.optional(z.boolean()),
        network: z.optional(z.string()),
      }),
    }),
  document: () =>
    z.object({
      /** Why HNS does not answer, where it does not. */
      hnsError: z.optional(z.string()),
      pods: z.array(rowSchema()),
    }),
  run: (operator, { options }) =>
    withNode(operator, options, async (view) => {
      const look = await lookOnce(operator, view);
      noteLacks(operator, view);
      const rows = chosen(look.rows, options, ({ container }) => container);
      const leased = rows.filter(({ leases }) => leases.length > 0);
      return {
        exitCode: view.hns ? exit.fine : exit.blind,
        document: {
          ...(view.hnsError === undefined ? {} : { hnsError: view.hnsError }),
          pods: leased.map(documentOfRow),
        },
        text: (terminal) =>
          podsText(terminal, leaseTable(leased, look.at, options.wide ?? false), leased),
      };
    }),
});
