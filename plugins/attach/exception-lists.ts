import type { JsonObject } from '../../cni/json-object.ts';
import { textsField } from '../../hns-bridge/json-document.ts';
import { type Policy, unknownKeys, unknownSettings } from '../../hns-bridge/policy/policy.ts';
import type { From, Reasons } from './from.ts';

/** An OutBoundNAT with destinations or a virtual IP is no exception list: it stays apart. */
export function isExceptionList({ Settings, Type }: Policy): boolean {
  return (
    Type.toLowerCase() === 'outboundnat' &&
    Settings['Destinations'] === undefined &&
    Settings['VirtualIP'] === undefined
  );
}

/** What SNAT leaves alone, as a list says it. */
export function exceptionsIn({ Settings }: Policy): readonly string[] {
  return textsField(Settings, 'Exceptions');
}

/**
 * One OutBoundNAT a family, with every exception once: those of the lists first, then those that are
 * added. HNS refuses or ignores a second one.
 */
export function exceptionLists(
  lists: readonly From<Policy>[],
  added: readonly From<string>[],
): readonly From<Policy>[] {
  const given = lists.flatMap(({ from, value }) =>
    exceptionsIn(value).map((text) => ({ from, value: text })),
  );
  const all = [...given, ...added];
  return ([4, 6] as const).flatMap((family) => {
    const ofFamily = all.filter(({ value }) => value.includes(':') === (family === 6));
    const Exceptions = [...new Set(ofFamily.map(({ value }) => value))];
    // An empty list asks for SNAT of everything. It names no family: IPv4.
    const empty = lists.filter(({ value }) => family === 4 && exceptionsIn(value).length === 0);
    if (Exceptions.length === 0 && empty.length === 0) return [];
    const places = [...new Set([...empty, ...ofFamily].map((entry) => entry.from))];
    const value = merged(lists, Exceptions);
    if (places.length === 1) return [{ value, from: places.join() }];
    return [{ value, from: places.join(', '), parts: exceptionReasons(Exceptions, ofFamily) }];
  });
}

/** Where each exception of a list is from: one that several say is from all of them. */
function exceptionReasons(exceptions: readonly string[], said: readonly From<string>[]): Reasons {
  const places = new Map<string, Set<string>>();
  for (const { from, value } of said) places.set(value, (places.get(value) ?? new Set()).add(from));
  return Object.fromEntries(
    exceptions.map((text, index) => [
      `.Settings.Exceptions[${index}]`,
      [...(places.get(text) ?? [])].join(', '),
    ]),
  );
}

/**
 * What lists say beside their exceptions holds for all of them; where two differ, the first does. Keys
 * that the table does not know stay in the dialect they were written in.
 */
function merged(lists: readonly From<Policy>[], Exceptions: readonly string[]): Policy {
  const policies = lists.map(({ value }) => value);
  const Settings = { ...firstOf(policies.map((policy) => policy.Settings)), Exceptions };
  const odd = policies.filter((policy) => unknownKeys(policy).length > 0);
  const dialect = odd[0]?.written?.dialect;
  if (dialect === undefined) return { Type: 'OutBoundNAT', Settings };
  const unknown = firstOf(odd.map(unknownSettings));
  return {
    Type: 'OutBoundNAT',
    Settings,
    written: { dialect, settings: { ...unknown, ...Settings } },
  };
}

/** Documents as one: where two have the same key, the first of them counts. */
function firstOf(documents: readonly JsonObject[]): JsonObject {
  return Object.fromEntries(documents.toReversed().flatMap((document) => Object.entries(document)));
}
