import * as z from 'zod/mini';
import { readAsked } from '../acceptance/guard.ts';
import { disappointments } from '../acceptance/judge.ts';
import { runAcceptance } from '../acceptance/run.ts';
import { acceptanceText, countsOf, stepText } from '../acceptance/text.ts';
import { operatorCommand } from '../command.ts';
import { exit, OperatorError } from '../exit.ts';
import { gatherFacts } from '../facts/gather.ts';
import { shared } from '../given.ts';

/** `wincni acceptance`: the first hour on a real node, where what is known of HNS becomes true or does not. */
export const acceptanceCommand = operatorCommand({
  name: 'acceptance',
  summary: 'tries HNS and the plugins on a node that runs nothing, and writes what came',
  about:
    'Makes networks, namespaces and endpoints on this node and deletes them again, asks HNS for what it must ' +
    'refuse, and holds what comes against each line of hns-bridge/HNS.md. For a node that runs nothing: it ' +
    'refuses where a pod is. A network of l2bridge or overlay interrupts the adapter, and may lose its ' +
    'static address. A run that was killed is cleared away by the next.',
  options: [
    ['--destroy-on <hostname>', 'the name of this node, for it may lose its network'],
    ['--out <file>', 'where all calls, answers and verdicts are written; must not be there'],
    ['--modes <modes>', 'kinds of network: nat, l2bridge, overlay (nat)'],
    ['--ways <ways>', 'ways to HNS: powershell, native (both)'],
    ['--adapter <name>', 'the adapter of l2bridge and overlay'],
    ['--subnet <cidr>', 'of the networks that are made (192.168.211.0/24)'],
    ['--vni <number>', 'of the overlay, 4096 and up (4211)'],
    ['--at-once <pods>', 'how many pods are added at once (20)'],
    ['--restart-hns', 'stops the service hns in the middle, and starts it'],
  ],
  examples: [
    [
      'wincni acceptance --destroy-on WIN-7 --out WIN-7.json',
      'a NAT network, by PowerShell and by the libraries',
    ],
    [
      'wincni acceptance --destroy-on WIN-7 --modes l2bridge --adapter Ethernet --out bridge.json',
      'a bridge: not over the connection that you are typing through',
    ],
  ],
  given: () =>
    z.object({
      options: z.object({
        ...shared(),
        destroyOn: z.string('the name of this node, --destroy-on, must be given'),
        out: z.string('a file, --out, must be given'),
        modes: z._default(z.string(), 'nat'),
        ways: z._default(z.string(), 'powershell,native'),
        adapter: z.optional(z.string()),
        subnet: z._default(z.string(), '192.168.211.0/24'),
        vni: z._default(z.string(), '4211'),
        atOnce: z._default(z.string(), '20'),
        restartHns: z._default(z.boolean(), false),
      }),
    }),
  document: () =>
    z.object({
      out: z.string(),
      source: z.enum(['recorded', 'simulator']),
      counts: z.object({
        confirmed: z.number(),
        refuted: z.number(),
        notReached: z.number(),
        otherwise: z.number(),
      }),
      verdicts: z.array(
        z.object({
          id: z.string(),
          claim: z.string(),
          verdict: z.enum(['confirmed', 'refuted', 'not reached']),
          evidence: z.string(),
        }),
      ),
      otherwise: z.array(z.string()),
      leftovers: z.array(z.string()),
      adapters: z.array(z.string()),
    }),
  async run(operator, { options }) {
    const asked = readAsked(operator, { ...options, adapter: options.adapter });
    const { files } = operator.machine;
    // Before anything is done: an hour's work must not end in a file that can't be written.
    reserve(operator.machine.files, asked.out);
    let file: Awaited<ReturnType<typeof runAcceptance>> | undefined;
    try {
      file = await runAcceptance({
        ...asked,
        operator,
        facts: () => gatherFacts(operator, { pause: 0 }),
        onStep: (step) => operator.writeStderr(stepText(operator.terminal, step)),
      });
    } finally {
      if (!file) files.remove(asked.out);
    }
    files.overwrite(asked.out, `${JSON.stringify(file, null, 2)}\n`);
    const counts = countsOf(file);
    const { adapters, leftovers, source, verdicts } = file;
    const isFine = counts.refuted + counts.otherwise + leftovers.length === 0;
    return {
      exitCode: isFine ? exit.fine : exit.failures,
      document: {
        out: asked.out,
        source,
        counts,
        verdicts,
        otherwise: disappointments(file.steps),
        leftovers,
        adapters,
      },
      text: (terminal) => acceptanceText(terminal, file, asked.out),
    };
  },
});

function reserve(files: { writeNew(path: string, text: string): void }, out: string): void {
  try {
    files.writeNew(out, '');
  } catch (error) {
    throw new OperatorError(
      exit.usage,
      `${out} can't be written: ${error instanceof Error ? error.message : error}`,
    );
  }
}
