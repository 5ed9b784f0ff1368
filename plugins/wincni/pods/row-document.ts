import * as z from 'zod/mini';
import type { JsonObject } from '../../../cni/json-object.ts';
import { defined } from '../../../system/defined.ts';
import { addressesOf } from './tables.ts';
import type { JudgedRow } from './verdict.ts';

/** A row of the join, as `--json` prints it. */
export function rowSchema() {
  return z.object({
    kind: z.enum(['pod', 'host', 'empty']),
    network: z.string(),
    container: z.string(),
    interfaces: z.array(z.string()),
    addresses: z.array(z.string()),
    pod: z.optional(z.object({ namespace: z.string(), name: z.string(), state: z.string() })),
    endpoints: z.array(
      z.object({
        id: z.string(),
        addresses: z.array(z.string()),
        state: z.optional(z.number()),
        namespace: z.optional(z.string()),
      }),
    ),
    leases: z.array(z.object({ address: z.string(), interface: z.string(), modified: z.number() })),
    scratch: z.array(z.string()),
    state: z.string(),
    why: z.string(),
    problems: z.array(z.string()),
    /** Whether two looks showed the same. */
    twice: z.boolean(),
  });
}

/** A row as the schema has it. */
export function documentOfRow(row: JudgedRow): JsonObject {
  const { container, endpoints, ifNames, kind, leases, network, sandbox, scratch } = row;
  return defined({
    kind,
    network,
    container,
    interfaces: ifNames,
    addresses: addressesOf(row),
    pod: sandbox && { namespace: sandbox.namespace, name: sandbox.name, state: sandbox.state },
    endpoints: endpoints.map(({ addresses, id, namespace, state }) =>
      defined({ id, addresses, state, namespace }),
    ),
    leases: leases.map(({ address, ifName, modified }) => ({
      address,
      interface: ifName,
      modified,
    })),
    scratch: scratch.map(({ file }) => file),
    state: row.verdict.word,
    why: row.verdict.why,
    problems: row.problems,
    twice: row.twice,
  });
}
