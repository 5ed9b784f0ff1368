import * as z from 'zod/mini';
import { checks } from '../checks/checks.ts';
import { judge } from '../checks/judge.ts';
import { operatorCommand } from '../command.ts';
import { exit, OperatorError } from '../exit.ts';
import { factsFor } from '../facts/asked.ts';
import { type Facts, factsSchema } from '../facts/facts.ts';
import { gathering, gatheringOptions, shared } from '../given.ts';
import type { Operator } from '../operator.ts';
import { contentsOf } from '../support/bundle.ts';
import { logsOf } from '../support/logs.ts';
import { redactFiles } from '../support/redact-file.ts';
import { timeSince } from '../support/since.ts';
import { contentsText, writtenText } from '../support/text.ts';
import { taken, writeBundle } from '../support/write.ts';
import { listed, type Manifest, zipped } from '../support/zip.ts';

const file = z.object({
  name: z.string(),
  size: z.number(),
  sha256: z.string(),
  redacted: z.number(),
});

/** `wincni support`: all that is known of the node in one file, for who looks at it elsewhere. */
export const supportCommand = operatorCommand({
  name: 'support',
  summary: 'packs what is known of this node into one zip file, without secrets',
  about:
    'Packs the facts, what doctor says, the documents of HNS in both dialects, CNI configurations, leases, ' +
    "flannel's files, our log, containerd's configuration, routes and port ranges into one zip file, " +
    'with a manifest of what is in it and what could not be had.\n\n' +
    'Kubeconfigs are left out. Passwords, tokens and keys are taken out by rule: by the names they stand ' +
    'under, and by their looks. Names of nodes and pods, addresses and paths stay. Look before you send it.\n\n' +
    'It writes that file and nothing else. At a terminal it shows the contents and asks first; without one, ' +
    'or with --yes, it writes. A file that is there is never written over.',
  options: [
    ['--out <file>', 'where to; wincni-support-<node>-<time>.zip here, if not said'],
    ['--since <time>', 'how much of the log: 90m, 24h, 7d, or a time (24h)'],
    ['--full', 'all of the log'],
    ['--facts <file>', 'of facts that were saved, of this node or another: without the log'],
    ['--dry-run', 'shows the contents, and writes nothing'],
    ['--yes', 'does not ask'],
    ...gatheringOptions,
  ],
  examples: [
    ['wincni support', 'shows what would be in it, asks, and writes it here'],
    ['wincni support --out C:\\k\\node.zip --since 7d --yes', 'with the log of a week'],
    ['wincni doctor --facts node.zip', 'what is wrong there, asked anywhere'],
  ],
  given: () =>
    z.object({
      options: z.object({
        ...shared(),
        ...gathering(),
        out: z.optional(z.string()),
        since: z.optional(z.string()),
        full: z.optional(z.boolean()),
        facts: z.optional(z.string()),
        dryRun: z.optional(z.boolean()),
        yes: z.optional(z.boolean()),
      }),
    }),
  document: () =>
    z.object({
      file: z.string(),
      written: z.boolean(),
      size: z.number(),
      sha256: z.string(),
      since: z.nullable(z.string()),
      items: z.array(file),
      failed: z.array(z.object({ name: z.string(), why: z.string() })),
    }),
  async run(operator, { options }) {
    const { interactive, machine, terminal, writeStderr } = operator;
    const now = machine.clock.now();
    const { dryRun = false, full = false, yes = false } = options;
    if (full && options.since !== undefined) {
      throw new OperatorError(exit.usage, '--full is all of the log, --since a part of it');
    }
    const since = full ? undefined : timeSince(options.since ?? '24h', now);
    const facts = withoutSecrets(await factsFor(operator, options));
    const path = options.out ?? usualName(facts.hostname, now);
    if (!dryRun && isThere(operator, path)) throw taken(path);
    const logs =
      options.facts === undefined ? logsOf(operator, facts, { root: options.root, since }) : [];
    const { failed, items } = contentsOf(facts, judge(facts, checks), logs);
    const manifest: Manifest = {
      schema: 1,
      wincni: operator.version,
      at: new Date(now).toISOString(),
      hostname: facts.hostname,
      since: since === undefined ? null : new Date(since).toISOString(),
      items: listed(items, operator.sha256),
      failed,
    };
    const zip = zipped(items, manifest);
    if (!dryRun) {
      if (interactive && !yes) {
        writeStderr(`${contentsText(terminal, manifest)}\nWrite ${path}? [y/N] `);
        if (!/^\s*y(?:es)?\s*$/i.test(operator.readLine() ?? '')) {
          throw new OperatorError(exit.unconfirmed, 'nothing was written: it was not confirmed');
        }
      }
      writeBundle(operator, path, zip);
    }
    return {
      exitCode: exit.fine,
      document: {
        file: path,
        written: !dryRun,
        size: zip.length,
        sha256: operator.sha256(zip),
        since: manifest.since,
        items: manifest.items,
        failed,
      },
      text: (where) =>
        (interactive && !yes && !dryRun ? '' : contentsText(where, manifest)) +
        writtenText(where, { path, size: zip.length, written: !dryRun }),
    };
  },
});

/** Whatever goes into the bundle is made of these. */
function withoutSecrets(facts: Facts): Facts {
  return z.parse(factsSchema(), redactFiles(facts));
}

/** `wincni-support-win-7-20260131-0800.zip`. */
function usualName(hostname: string, now: number): string {
  const node = hostname.replace(/[^\w.-]+/g, '_').slice(0, 63);
  const time = new Date(now).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 13);
  return `wincni-support-${node}-${time}.zip`;
}

function isThere({ machine }: Operator, path: string): boolean {
  try {
    machine.files.modified(path);
    return true;
  } catch {
    return false;
  }
}
