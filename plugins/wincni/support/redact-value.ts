import { redactText } from './redact-text.ts';
import { isSecretName, redacted } from './secret-names.ts';

/** Deeper than any document of a node's is; what is there is not looked at, and left out. */
const deepest = 100;

/** A document without its secrets: what stands under a name of secrets, and what looks like one in any text. */
export function redactValue(value: unknown, isSecret = false, depth = 0): unknown {
  if (depth > deepest) return redacted;
  if (typeof value === 'string') {
    if (isSecret) return value === '' ? value : redacted;
    return redactEmbedded(value, depth);
  }
  if (typeof value === 'number' || typeof value === 'bigint') return isSecret ? redacted : value;
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      redactValue(item, isSecret || isSecretFlag(value[index - 1]), depth + 1),
    );
  }
  const isSecretPair = namesSecret(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      redactText(key),
      redactValue(
        item,
        isSecret || isSecretName(key) || (isSecretPair && key.toLowerCase() === 'value'),
        depth + 1,
      ),
    ]),
  );
}

/** `["--token", "x"]`: whether what follows is a secret. */
function isSecretFlag(before: unknown): boolean {
  return typeof before === 'string' && /^--?[\w.-]+$/.test(before) && isSecretName(before);
}

/** `{"name": "KUBE_TOKEN", "value": "x"}`, as environments are listed. */
function namesSecret(pair: object): boolean {
  return Object.entries(pair).some(
    ([key, value]) =>
      ['name', 'key'].includes(key.toLowerCase()) &&
      typeof value === 'string' &&
      isSecretName(value),
  );
}

/** A text, which may itself be a document: crictl and HNS put such into their own. */
function redactEmbedded(text: string, depth: number): string {
  if (!/^\s*[[{]/.test(text)) return redactText(text);
  return redactDocument(text, parsedJson, (value) => JSON.stringify(value), depth + 1);
}

export function parsedJson(text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, ''));
}

/**
 * The text of a document: as it was written, where the rules for texts leave nothing to do; written anew,
 * where they do. Of one that cannot be read, what they leave.
 */
export function redactDocument(
  text: string,
  parse: (text: string) => unknown,
  print: (value: unknown) => string,
  depth = 0,
): string {
  const made = redactText(text);
  for (const candidate of [made, text]) {
    const value = parsedBy(parse, candidate);
    if (value === undefined) continue;
    const clean = redactValue(value, false, depth);
    const isClean = JSON.stringify(clean) === JSON.stringify(value);
    // Of a name that is there twice, the document has one; the text has both.
    return isClean && candidate === made ? made : print(clean);
  }
  return made;
}

function parsedBy(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
