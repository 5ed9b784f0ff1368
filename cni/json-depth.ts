const [quote, backslash, openList, closeList, openObject, closeObject] = Buffer.from('"\\[]{}');

/**
 * Whether objects and lists nest deeper than that in a text that may be JSON: for texts that parsing would
 * cost minutes and all memory. Few begin as many as that, which is found without a look at each character.
 */
export function nestsDeeper(text: string, limit: number): boolean {
  return (hasMore(text, '[', limit / 2) || hasMore(text, '{', limit / 2)) && climbs(text, limit);
}

/** Whether a text has more than so many of a character. */
function hasMore(text: string, character: string, limit: number): boolean {
  let at = -1;
  for (let count = 0; count <= limit; count++) {
    at = text.indexOf(character, at + 1);
    if (at < 0) return false;
  }
  return true;
}

function climbs(text: string, limit: number): boolean {
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
