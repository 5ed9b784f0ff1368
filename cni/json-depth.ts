const [quote, backslash, openList, closeList, openObject, closeObject] = Buffer.from('"\\[]{}');

/**
 * Whether objects and lists nest deeper than that in a text that may be JSON. One look at each character, up
 * to the first that is too deep: for texts that parsing would cost minutes and all memory.
 */
export function nestsDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (isText) {
      if (character === backslash) at++;
      else if (character === quote) isText = false;
    } else if (character === quote) isText = true;
    else if (character === openList || character === openObject) {
      if (++depth > limit) return true;
    } else if (character === closeList || character === closeObject) depth--;
  }
  return false;
}
