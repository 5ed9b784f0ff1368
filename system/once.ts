/**
 * A constant that takes time to make, and that most commands do without: made when it is asked for first, and
 * then the same for ever.
 */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
