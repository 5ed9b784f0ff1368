/** An object's fields, those that may be undefined made optional. */
export type Defined<Fields extends object> = {
  [Key in keyof Fields as undefined extends Fields[Key] ? never : Key]: Fields[Key];
} & {
  [Key in keyof Fields as undefined extends Fields[Key] ? Key : never]?: Exclude<
    Fields[Key],
    undefined
  >;
};

/** A literal for `Of` in which fields may be undefined: `defined({…} satisfies MayLack<Of>)`. */
export type MayLack<Of extends object> = { [Key in keyof Of]: Of[Key] | undefined };

/**
 * A copy of an object literal without the fields that are undefined. What it promises of types the
 * compiler takes on trust: a test holds it.
 */
export function defined<const Fields extends object>(fields: Fields): Defined<Fields>;
export function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
