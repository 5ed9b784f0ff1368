import * as z from 'zod/mini';
import { isIdentifier } from '../../../cni/identifiers.ts';
import { isSystemError } from '../../../system/errors.ts';
import { operatorCommand } from '../command.ts';
import { confirm } from '../confirm.ts';
import { exit, OperatorError } from '../exit.ts';
import { changing } from '../given.ts';
import { shortId } from '../pods/looks.ts';
import { noteLacks, withNode } from '../pods/node-view.ts';
import { findLease, objectionTo, releaseLease, typedAddress } from '../pods/release.ts';
import { typed } from '../typed.ts';

/** `wincni lease release`: gives one address back to host-local. */
export const leaseReleaseCommand = operatorCommand({
  name: 'lease release',
  summary: "gives an address back to host-local's pool",
  about:
    'Removes the lease of an address, as host-local does it. Refuses, with exit code 6, while an endpoint has the address, the pod is there, ' +
    "the lease is younger than ten minutes or the host's own (kube-proxy's source address), or HNS does not tell; --force does it all the same: " +
    'the next pod may then get an address that is in use.',
  arguments: [['<ip>', 'the address']],
  options: [
    ['--network <name>', 'where several networks have a lease of it'],
    ['--force', 'though it seems to be in use'],
    ['--conf-dir <folder>', 'where the configurations are, if not where the runtime says'],
  ],
  changes: true,
  examples: [
    ['wincni lease release 10.244.4.7 --dry-run', 'whether it may go, and whose it is'],
    ['wincni lease release 10.244.4.7 --yes', 'removes it without asking'],
  ],
  given: () =>
    z.object({
      arguments: z.tuple([z.string()]),
      options: z.object({
        ...changing(),
        network: z.optional(z.string().check(z.refine(isIdentifier, 'not the name of a network'))),
        force: z.optional(z.boolean()),
        confDir: z.optional(z.string().check(z.minLength(1))),
      }),
    }),
  document: () =>
    z.object({
      address: z.string(),
      network: z.string(),
      container: z.string(),
      interface: z.string(),
      released: z.boolean(),
      /** What spoke against it, where --force went over it. */
      objection: z.optional(z.string()),
    }),
  run: (operator, { arguments: [text], options }) =>
    withNode(operator, options, async (view) => {
      const address = typedAddress(text);
      if (address === undefined) {
        throw new OperatorError(
          exit.usage,
          `not an IP address: ${JSON.stringify(text.slice(0, 80))}`,
        );
      }
      const look = view.judge([await view.look()]);
      const found = findLease(look, address, options);
      noteLacks(operator, view);
      const { container, ifName, network } = found.lease;
      const objection = objectionTo(found, look);
      if (objection !== undefined && options.force !== true) {
        throw new OperatorError(
          view.hns ? exit.unconfirmed : exit.blind,
          `the lease of ${address} on ${network} stays: ${objection}`,
          [typed('lease list', { confDir: options.confDir, network })],
        );
      }
      const whose =
        container === '' ? 'nobody' : `${shortId(container)} (${ifName || 'no interface'})`;
      const what = `the lease of ${address} on ${network}, of ${whose}`;
      const acts = options.dryRun !== true;
      if (acts) {
        const command = typed(`lease release ${address}`, { ...options, network });
        confirm(operator, { command, text: `this removes ${what}`, yes: options.yes });
        try {
          releaseLease(operator, found);
        } catch (error) {
          if (!isSystemError(error)) throw error;
          throw new OperatorError(exit.failed, `${what} could not be removed: ${error.message}`);
        }
      }
      return {
        exitCode: exit.fine,
        document: {
          address,
          network,
          container,
          interface: ifName,
          released: acts,
          ...(objection === undefined ? {} : { objection }),
        },
        text: () => `${acts ? 'removed' : 'would remove'} ${what}\n`,
      };
    }),
});
