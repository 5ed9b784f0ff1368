/** A value and where it is from: `policies[0]`, `ipam.gateway`, "network's gateway". */
export interface From<Value> {
  readonly value: Value;
  readonly from: string;
}

/** Where each field of a document is from, by the field's path: `Routes[0].NextHop`. */
export type Reasons = Readonly<Record<string, string>>;

/** The reasons of a list's entries; `field` is what was decided of each, if not all of it. */
export function reasonsOf(list: string, entries: readonly From<unknown>[], field = ''): Reasons {
  return Object.fromEntries(entries.map(({ from }, index) => [`${list}[${index}]${field}`, from]));
}
