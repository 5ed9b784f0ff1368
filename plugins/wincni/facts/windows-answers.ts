import * as z from 'zod/mini';
import { isJsonObject } from '../../../cni/json-object.ts';
import { once } from '../../../system/once.ts';
import type { Missing } from './facts.ts';

/**
 * What windows-facts.ps1 answers, part by part, as Windows PowerShell writes it: a list of one may come as
 * the one, or as `{"value": […], "Count": 1}`; nothing as null or `{}`; a number as a text.
 */

/** A whole number; null where Windows has none. */
const whole = once(() =>
  z.pipe(
    z.union([z.int(), z.string().check(z.regex(/^-?\d{1,15}$/))]),
    z.transform((value) => Number(value)),
  ),
);

/** An empty text is none. */
const word = once(() =>
  z.pipe(
    z.nullish(z.string()),
    z.transform((value) => value?.trim() || undefined),
  ),
);

/** Null, and what PowerShell makes of no value at all, is none. */
const maybe = once(() =>
  z.pipe(
    z.unknown(),
    z.transform((value) => {
      const { data } = z.safeParse(whole(), value);
      return data;
    }),
  ),
);

/** A list as it may come. */
function listOf<Item extends z.ZodMiniType>(item: Item) {
  return z.pipe(
    z.unknown(),
    z.pipe(
      z.transform((value: unknown) => itemsIn(value)),
      z.array(item),
    ),
  );
}

function itemsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.filter((item) => item !== null && !isNothing(item));
  if (value === null || value === undefined || isNothing(value)) return [];
  if (isJsonObject(value) && Array.isArray(value['value']) && 'Count' in value) {
    return itemsIn(value['value']);
  }
  return [value];
}

const isNothing = (value: unknown) => isJsonObject(value) && Object.keys(value).length === 0;

/** Each part's items. */
export const answers = {
  windows: () =>
    z.object({
      name: z.string(),
      build: whole(),
      ubr: maybe(),
      installation: word(),
      model: word(),
      manufacturer: word(),
    }),
  features: () => z.object({ name: z.string(), state: maybe() }),
  services: () =>
    z.object({
      name: z.string(),
      state: z.string(),
      start: word(),
      command: word(),
      application: word(),
      parameters: word(),
      pid: maybe(),
    }),
  processes: () => z.object({ name: z.string(), pid: whole(), command: word(), threads: maybe() }),
  hnsProcess: () => z.object({ pid: whole(), threads: whole() }),
  hnsCrashes: () => whole(),
  adapters: () =>
    z.object({
      index: whole(),
      name: z.string(),
      description: word(),
      operational: maybe(),
      admin: maybe(),
      media: maybe(),
      mac: word(),
      permanent: word(),
    }),
  addresses: () =>
    z.object({ index: whole(), address: z.string(), prefix: whole(), store: maybe() }),
  interfaces: () =>
    z.object({
      index: whole(),
      mtu: maybe(),
      dhcp: maybe(),
      forwarding: maybe(),
      store: maybe(),
    }),
  routes: () =>
    z.object({
      destination: z.string(),
      nextHop: z.string(),
      index: maybe(),
      adapter: word(),
      metric: maybe(),
      link: maybe(),
      store: maybe(),
    }),
  firewall: () =>
    z.object({
      profiles: listOf(z.object({ name: z.string(), enabled: z.boolean(), inbound: maybe() })),
      rules: listOf(
        z.object({
          name: z.string(),
          action: maybe(),
          protocol: maybe(),
          ports: word(),
          program: word(),
          remote: word(),
          service: word(),
        }),
      ),
      policy: listOf(z.string()),
    }),
  ports: () =>
    z.object({
      settings: listOf(z.object({ name: word(), start: maybe(), count: maybe() })),
      excluded: listOf(z.string()),
    }),
  powershell: () => z.object({ path: z.string(), version: z.string(), languageMode: z.string() }),
  defender: () =>
    z.object({
      enabled: z.boolean(),
      paths: listOf(z.string()),
      processes: listOf(z.string()),
    }),
  environment: () => z.record(z.string(), z.string()),
  administrator: () => z.boolean(),
} as const;

export type PartName = keyof typeof answers;

/** The parts, in the order in which they are asked: what is quick and needed most goes first. */
export const partNames = [
  'administrator',
  'powershell',
  'windows',
  'environment',
  'services',
  'processes',
  'hnsProcess',
  'adapters',
  'addresses',
  'interfaces',
  'routes',
  'ports',
  'hnsCrashes',
  'features',
  'firewall',
  'defender',
] as const satisfies readonly PartName[];

/** What a part said: its items; or why it has none. */
export type PartAnswer<Item> =
  | { readonly items: readonly Item[] }
  | { readonly error: string; readonly reason: Missing['reason'] };

const reasons = { denied: 'administrator', absent: 'absent', failed: 'failed' } as const;

const refused = once(() =>
  z.object({ error: z.string(), kind: z.catch(z.enum(['denied', 'absent', 'failed']), 'failed') }),
);

/** Reads one part's answer. What is none is one that failed. */
export function readPart<Item>(schema: z.ZodMiniType<Item>, text: string): PartAnswer<Item> {
  const document = parsed(text);
  const { data: refusal } = z.safeParse(refused(), document);
  if (refusal) return { error: refusal.error, reason: reasons[refusal.kind] };
  if (!isJsonObject(document) || !('value' in document)) return garbled(text);
  const { data, error } = z.safeParse(listOf(schema), document['value']);
  if (data) return { items: data };
  const [issue] = error?.issues ?? [];
  return garbled(text, `${issue?.path.join('.')}: ${issue?.message}`);
}

function garbled(text: string, why = 'no answer of the script'): PartAnswer<never> {
  const start = JSON.stringify(text.slice(0, 80));
  return { error: `PowerShell answered ${start}: ${why}`, reason: 'failed' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
