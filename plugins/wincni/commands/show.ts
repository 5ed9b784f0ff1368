import * as z from 'zod/mini';
import type { JsonObject } from '../../../cni/json-object.ts';
import { defined } from '../../../system/defined.ts';
import { operatorCommand } from '../command.ts';
import { exit, OperatorError } from '../exit.ts';
import { gathering, gatheringOptions, shared } from '../given.ts';
import { readHostNamespaces } from '../pods/namespaces.ts';
import { listOf, lookOnce, type NodeView, noteLacks, withNode } from '../pods/node-view.ts';
import { documentOfRow, rowSchema } from '../pods/row-document.ts';
import { podsText } from '../pods/show-text.ts';
import {
  chosen,
  endpointTable,
  leaseTable,
  namespaceTable,
  networkTable,
  podTable,
  type Table,
} from '../pods/tables.ts';
import type { JudgedLook } from '../pods/verdict.ts';
import type { Report } from '../report.ts';
import { table } from '../terminal.ts';

const kinds = ['pods', 'networks', 'endpoints', 'namespaces', 'leases'] as const;

type Kind = (typeof kinds)[number];

interface Options {
  readonly wide?: boolean | undefined;
  readonly container?: string | undefined;
  readonly network?: string | undefined;
}

/** `wincni show`: what is on the node. */
export const showCommand = operatorCommand({
  name: 'show',
  summary: 'pods, networks, endpoints, namespaces and leases, and how they belong together',
  about:
    'Shows what is on this node. A pod is joined of its endpoint in HNS, its lease, its compute namespace, its scratch file and what the runtime says of it. STATE says what the join comes to:\n\n' +
    '  whole         all of it is there\n' +
    '  broken        the pod is there, a part of it is not\n' +
    '  stale         of no pod any more: wincni gc\n' +
    '  changing      two looks differ: an ADD or DEL may be at it\n' +
    "  reserved      the host's own: cbr0_ep, kube-proxy's source address\n" +
    '  host network  a pod of the runtime without an endpoint\n' +
    '  unknown       HNS does not answer',
  arguments: [['[what]', `${kinds.join(', ')}; pods, if not said`]],
  options: [
    ['--wide', 'whole ids, and all columns'],
    ['--container <id>', 'of this container alone; the start of its id will do'],
    ['--network <name>', 'of this network alone'],
    ...gatheringOptions,
  ],
  examples: [
    ['wincni show', 'the pods of this node'],
    ['wincni show endpoints --wide', "HNS's endpoints, with whole ids"],
  ],
  given: () =>
    z.object({
      arguments: z.array(z.enum(kinds, `expected one of ${kinds.join(', ')}`)),
      options: z.object({
        ...shared(),
        ...gathering(),
        wide: z.optional(z.boolean()),
        container: z.optional(z.string()),
        network: z.optional(z.string()),
      }),
    }),
  document: () =>
    z.object({
      what: z.enum(kinds),
      /** Why HNS does not answer, where it does not. */
      hnsError: z.optional(z.string()),
      /** Joined: of `pods` and `leases`. */
      pods: z.optional(z.array(rowSchema())),
      endpoints: z.optional(
        z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            network: z.string(),
            addresses: z.array(z.string()),
            namespace: z.optional(z.string()),
            containers: z.array(z.string()),
            state: z.optional(z.number()),
            whose: z.object({
              kind: z.enum(['pod', 'host', 'remote', 'other']),
              container: z.optional(z.string()),
            }),
          }),
        ),
      ),
      /** As HNS's first API writes them. */
      networks: z.optional(z.array(z.record(z.string(), z.unknown()))),
      namespaces: z.optional(
        z.array(z.object({ id: z.string(), host: z.boolean(), containers: z.array(z.string()) })),
      ),
    }),
  run: (operator, { arguments: [what = 'pods'], options }) =>
    withNode(operator, options, async (view) => {
      const look = await lookOnce(operator, view);
      noteLacks(operator, view);
      const shown = await showOf(what, view, look, options);
      return {
        exitCode: view.hns ? exit.fine : exit.blind,
        document: defined({ what, hnsError: view.hnsError, ...shown.document }),
        text: shown.text,
      };
    }),
});

async function showOf(
  what: Kind,
  view: NodeView,
  look: JudgedLook,
  options: Options,
): Promise<Pick<Report, 'document' | 'text'>> {
  const { wide = false } = options;
  const rows = chosen(look.rows, options, ({ container }) => container);
  const printed = (of: Table) => (terminal: Parameters<Report['text']>[0]) =>
    table(terminal, of.head, of.rows);
  switch (what) {
    case 'pods':
      return {
        document: { pods: rows.map(documentOfRow) },
        text: (terminal) => podsText(terminal, podTable(rows, look.at, wide), rows),
      };
    case 'leases': {
      const leased = rows.filter(({ leases }) => leases.length > 0);
      return {
        document: { pods: leased.map(documentOfRow) },
        text: (terminal) => podsText(terminal, leaseTable(leased, look.at, wide), leased),
      };
    }
    case 'endpoints': {
      const endpoints = chosen(look.endpoints ?? answered(view), options, ({ whose }) =>
        whose.kind === 'pod' ? whose.container : '',
      );
      return { document: { endpoints }, text: printed(endpointTable(endpoints, look, wide)) };
    }
    case 'networks': {
      const hns = view.hns ?? answered(view);
      const networks = (await listOf(hns, 'networks')).filter(isNamed(options.network));
      return { document: { networks }, text: printed(networkTable(networks, look, wide)) };
    }
    case 'namespaces': {
      const hns = view.hns ?? answered(view);
      const host = readHostNamespaces(await listOf(hns, 'namespaces'));
      const containersIn = (id: string) =>
        look.rows
          .filter(({ endpoints }) => endpoints.some(({ namespace }) => namespace === id))
          .map(({ container }) => container);
      const namespaces = [...(look.namespaces ?? [])].sort().map((id) => ({
        id,
        host: host.has(id),
        containers: containersIn(id),
      }));
      return { document: { namespaces }, text: printed(namespaceTable(look, host, wide)) };
    }
  }
}

const isNamed = (name: string | undefined) => (document: JsonObject) =>
  name === undefined || document['Name'] === name;

/** What HNS alone has cannot be shown without it. */
function answered({ hnsError }: NodeView): never {
  throw new OperatorError(exit.blind, `HNS does not answer: ${hnsError ?? 'nobody knows why'}`, [
    'wincni doctor --only hns',
  ]);
}
