/** A value and where it is from: `policies[0]`, `ipam.gateway`, "network's gateway". */
export interface From<Value> {
  readonly value: Value;
  readonly from: string;
  /** Of parts that are from elsewhere, by their paths in it: `.Settings.Exceptions[1]`. */
  readonly parts?: Reasons;
}

/** Where each field of a document is from, by the field's path: `Routes[0].NextHop`. */
export type Reasons = Readonly<Record<string, string>>;

/** The reasons of a list's entries; `field` is what was decided of each, if not all of it. */
export function reasonsOf(list: string, entries: readonly From<unknown>[], field = ''): Reasons {
  return Object.fromEntries(
    entries.flatMap(({ from, parts = {} }, index) => {
      const path = `${list}[${index}]`;
      const ofParts = Object.entries(parts).map(([part, why]) => [`${path}${part}`, why]);
      return [[`${path}${field}`, from], ...ofParts];
    }),
  );
}
