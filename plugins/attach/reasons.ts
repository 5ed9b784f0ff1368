/** A value that a rule gives, and why it is this one: "network's gateway", "policies[0]". */
export interface Reasoned<Value> {
  readonly value: Value;
  readonly reason: string;
}

/** Why each field of a document is what it is, by the field's path: `Routes[0].NextHop`. */
export type Reasons = Readonly<Record<string, string>>;

/** The reasons of a list's entries, `key` being the list's or the field's within each entry. */
export function reasonsOf(
  list: string,
  entries: readonly Reasoned<unknown>[],
  field = '',
): Reasons {
  return Object.fromEntries(
    entries.map(({ reason }, index) => [`${list}[${index}]${field}`, reason]),
  );
}
