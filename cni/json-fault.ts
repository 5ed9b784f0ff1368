/** What may come next in a JSON text. */
type Next = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'nothing';

/**
 * Where a text stops being JSON: the offset of the first token that can't stand there, or the
 * text's length when it only ends too early. V8 names no place for the commonest mistakes (a word
 * without quotes), so this walks the text again; it is called for broken texts only.
 */
export function faultIn(json: string): number {
  const space = /[ \t\n\r]*/y;
  // A quoted text up to its closing quote, or up to what can't be in one.
  const quoted = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/uy;
  const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
  const open: ('{' | '[')[] = [];
  let next: Next = 'value';
  let at = 0;
  for (;;) {
    at = endOf(space, json, at) ?? at;
    const char = json[at];
    if (char === undefined) return at;
    const inObject = open.at(-1) === '{';
    if (char === '"' && /^(?:key|value)/.test(next)) {
      at = endOf(quoted, json, at) ?? at;
      if (json[at] !== '"') return at;
      next = next.startsWith('key') ? ':' : afterValue(open);
    } else if (char === ':' && next === ':') {
      next = 'value';
    } else if (char === ',' && next === ', or end') {
      next = inObject ? 'key' : 'value';
    } else if (closes(char, next, inObject)) {
      open.pop();
      next = afterValue(open);
    } else if (!next.startsWith('value')) {
      return at;
    } else if (char === '{' || char === '[') {
      open.push(char);
      next = char === '{' ? 'key or }' : 'value or ]';
    } else {
      const after = endOf(scalar, json, at);
      if (after === undefined) return at;
      at = after - 1;
      next = afterValue(open);
    }
    at++;
  }
}

/** Where a match that begins at an offset ends. */
function endOf(pattern: RegExp, json: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(json) ? pattern.lastIndex : undefined;
}

function afterValue(open: readonly unknown[]): Next {
  return open.length === 0 ? 'nothing' : ', or end';
}

function closes(char: string, next: Next, inObject: boolean): boolean {
  if (char === '}') return next === 'key or }' || (next === ', or end' && inObject);
  return char === ']' && (next === 'value or ]' || (next === ', or end' && !inObject));
}
