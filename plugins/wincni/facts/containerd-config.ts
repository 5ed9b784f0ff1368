import { parse } from 'smol-toml';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { defined, type MayLack } from '../../../system/defined.ts';
import type { FileFact } from './facts.ts';

/** What containerd's configuration says of CNI. */
export interface ContainerdCni {
  /** Of the configuration: 1 (none is said), 2 or 3 (containerd 2). */
  readonly version: number;
  /** The table that the keys stand in, or would: `plugins."io.containerd.grpc.v1.cri".cni`. */
  readonly table: string;
  /** Whether the table is there at all: without it, containerd's defaults hold. */
  readonly isSet: boolean;
  readonly confDir?: string;
  /** `bin_dirs` of containerd 2.1, else the one `bin_dir`. */
  readonly binDirs: readonly string[];
  /** As it is written: containerd's own is 1, and 0 means all. */
  readonly maxConfNum?: number;
  readonly confTemplate?: string;
  /** The keys that say something, each with the file that set it last. `containerd config default` writes empty ones, too. */
  readonly keys: Readonly<Record<string, string>>;
  /** What could not be read, or is of no use: sentences, each with its file. */
  readonly problems: readonly string[];
}

/** Where each version of the configuration has the table (containerd's docs/cri/config.md). */
const tables = {
  1: ['plugins', 'cri', 'cni'],
  2: ['plugins', 'io.containerd.grpc.v1.cri', 'cni'],
  3: ['plugins', 'io.containerd.cri.v1.runtime', 'cni'],
} as const;

/**
 * What containerd's configuration says of CNI: the first file is the one that containerd is started with,
 * those it imports follow in the order in which they are loaded. A later file goes before an earlier one,
 * key by key (mergeConfig in containerd's config.go). A text or number that is empty says nothing; lists are
 * added to.
 */
export function containerdCni(files: readonly FileFact[]): ContainerdCni {
  const problems: string[] = [];
  const said = new Map<string, { readonly value: unknown; readonly path: string }>();
  let root: Version | undefined;
  for (const { error, path, text } of files) {
    if (text === undefined) {
      problems.push(`${path} cannot be read: ${error ?? 'nobody did'}`);
      continue;
    }
    const document = parsed(text);
    if (typeof document === 'string') {
      problems.push(`${path} is no TOML: ${document}`);
      continue;
    }
    const version = versionOf(document);
    root ??= version;
    if (version > root) {
      problems.push(`${path} has version = ${version}, the file that imports it version = ${root}`);
    }
    for (const [key, value] of Object.entries(tableOf(document, version) ?? {})) {
      const before = said.get(key);
      if (before && isEmpty(value)) continue;
      said.set(key, { value: joined(before?.value, value), path });
    }
  }
  const version = root ?? 2;
  const read = <Value>(key: string, what: string, isOne: (value: unknown) => value is Value) => {
    const found = said.get(key);
    if (!found || found.value === '') return undefined;
    if (isOne(found.value)) return found.value;
    problems.push(`${found.path}: ${key} is no ${what}`);
    return undefined;
  };
  const binDir = read('bin_dir', 'text', isText);
  const binDirs = read('bin_dirs', 'list of texts', isTexts) ?? [];
  return defined({
    version,
    table: headOf(version),
    isSet: said.size > 0,
    confDir: read('conf_dir', 'text', isText),
    binDirs: binDirs.length > 0 || binDir === undefined ? binDirs : [binDir],
    maxConfNum: read('max_conf_num', 'whole number', isWhole),
    confTemplate: read('conf_template', 'text', isText),
    keys: Object.fromEntries(
      [...said].flatMap(([key, { path, value }]) => (isUnsaid(value) ? [] : [[key, path]])),
    ),
    problems,
  } satisfies MayLack<ContainerdCni>);
}

/** What a file of containerd's configuration imports, as it is written; none of what is no TOML. */
export function importsOf(text: string): readonly string[] {
  const document = parsed(text);
  const imports = typeof document === 'string' ? undefined : document['imports'];
  return Array.isArray(imports) ? imports.filter((path) => typeof path === 'string') : [];
}

/** The document, or why there is none. */
function parsed(text: string): JsonObject | string {
  try {
    return parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    // The lines behind the first show the place.
    return said.split('\n')[0] ?? '';
  }
}

type Version = keyof typeof tables;

function versionOf(document: JsonObject): Version {
  const version = document['version'];
  if (version === 2) return 2;
  return typeof version === 'number' && version > 2 ? 3 : 1;
}

/** The table of a version: `plugins."io.containerd.grpc.v1.cri".cni`. */
function headOf(version: Version): string {
  const [plugins, plugin, cni] = tables[version];
  return `${plugins}.${version === 1 ? plugin : `"${plugin}"`}.${cni}`;
}

function tableOf(document: JsonObject, version: Version): JsonObject | undefined {
  const found = tables[version].reduce<unknown>(
    (value, key) => (isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    document,
  );
  return isJsonObject(found) ? found : undefined;
}

const isEmpty = (value: unknown) => value === '' || value === 0;

/** A number is said even if it is 0: of max_conf_num that means all. */
const isUnsaid = (value: unknown) => value === '' || (Array.isArray(value) && value.length === 0);

function joined(before: unknown, value: unknown): unknown {
  return Array.isArray(before) && Array.isArray(value)
    ? [...new Set([...before, ...value])]
    : value;
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);

const isWhole = (value: unknown): value is number => Number.isInteger(value);
