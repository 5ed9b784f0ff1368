import { parse, stringify } from 'smol-toml';
import { parsedJson, redactDocument, redactValue } from './redact-value.ts';
import { isSecretName, redacted } from './secret-names.ts';

/** What stands in the place of a file that is nothing but access to a cluster. */
export const leftOutKubeconfig = '<left out: a kubeconfig>';

/** A file's text without its secrets. */
export function redactFile(path: string, text: string): string {
  if (isKubeconfig(text)) return leftOutKubeconfig;
  if (/\.toml$/i.test(path)) {
    return redactDocument(redactTables(text), parse, stringify);
  }
  return redactDocument(text, parsedJson, (value) => `${JSON.stringify(value, null, 2)}\n`);
}

/** `kind: Config` with users, in YAML or JSON: kubectl's. Calico keeps one beside the CNI configurations. */
function isKubeconfig(text: string): boolean {
  return (
    /(?:^|[\s{,"'])kind["']?\s{0,10}:\s{0,10}["']?Config(?![\w])/.test(text) &&
    /(?:^|[\s{,"'])(?:users|clusters)["']?\s{0,10}:/.test(text)
  );
}

/**
 * What stands in tables of secrets, `[plugins."io.containerd.grpc.v1.cri".registry.configs."r".auth]`, line by
 * line: a configuration that does not parse has them, too.
 */
function redactTables(text: string): string {
  let isSecret = false;
  return text
    .split('\n')
    .map((line) => {
      const table = /^\s*\[{1,2}([^\r\n]*)\]/.exec(line)?.[1];
      if (table !== undefined) {
        isSecret = table.split('.').some((part) => isSecretName(part));
        return line;
      }
      if (!isSecret || /^\s*$/.test(line)) return line;
      const key = /^(\s*#?\s*[\w."'-]{1,200}\s*=\s*)/.exec(line)?.[1];
      return key === undefined ? `# ${redacted}` : `${key}"${redacted}"`;
    })
    .join('\n');
}

/** The log's text: a JSON object a line. */
export function redactLines(text: string): string {
  return text
    .split('\n')
    .map((line) => redactDocument(line, parsedJson, (value) => JSON.stringify(value)))
    .join('\n');
}

/** Facts, or any document with files in it (`{path, text}`): each file by its kind, the rest by its names. */
export function redactFiles(value: unknown): unknown {
  return redactValue(withoutFilesSecrets(value, 0));
}

function withoutFilesSecrets(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > 10) return value;
  if (Array.isArray(value)) return value.map((item) => withoutFilesSecrets(item, depth + 1));
  const { file, path = file, text }: { path?: unknown; file?: unknown; text?: unknown } = value;
  const isFile = typeof path === 'string' && typeof text === 'string';
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      isFile && key === 'text' ? redactFile(path, text) : withoutFilesSecrets(item, depth + 1),
    ]),
  );
}
