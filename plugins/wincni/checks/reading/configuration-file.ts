import { CniError } from '../../../../cni/error.ts';
import { parseJsonObject } from '../../../../cni/json.ts';
import { isJsonObject, type JsonObject } from '../../../../cni/json-object.ts';
import { keyValue, withKey } from '../../../../cni/keys.ts';
import { withPlainLists } from '../../../../cni/powershell-lists.ts';
import type { FileFact } from '../../facts/facts.ts';
import { nameOf } from '../../facts/node-paths.ts';
import { quoted } from '../commands.ts';

/** What is wrong with a configuration, where, and what to write instead. */
export interface ConfigurationProblem {
  /** The key's path in the file: `plugins[0].delegate`; empty for the file itself. */
  readonly at: string;
  /** Without a full stop. */
  readonly what: string;
  readonly remedy: readonly string[];
}

/** A file as a runtime takes it apart: the configurations of the plugins in it, a call's each. */
export interface TakenApart {
  /** Each with name and version, as the runtime writes them into it. */
  readonly configs: readonly { readonly at: string; readonly config: JsonObject }[];
  readonly problems: readonly ConfigurationProblem[];
}

/** The endings of the files that runtimes read, exactly so (libcni's ConfFiles, as containerd calls it). */
const endings = ['.conf', '.conflist', '.json'];

/** Whether a runtime takes a file for a configuration, by its name. */
export function isConfigurationName(name: string): boolean {
  return endings.includes(/\.[^.]*$/.exec(name)?.[0] ?? '');
}

/**
 * Takes a file apart as libcni does, more forgiving: what it refuses is told, and read all the same where
 * it can be understood.
 */
export function takeApart({ error, path, text }: FileFact): TakenApart {
  const name = nameOf(path);
  const failed = (what: string, ...remedy: readonly string[]): TakenApart => ({
    configs: [],
    problems: [{ at: '', what, remedy }],
  });
  if (text === undefined) return failed(`cannot be read: ${error ?? 'nobody knows why'}`);
  // What is left of UTF-16 when it is read as UTF-8.
  if (text.includes('\0')) return failed('is not UTF-8', ...rewritten(path));
  let whole: JsonObject;
  try {
    whole = parseJsonObject(Buffer.from(text), name);
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    // It says where; the words of JSON.parse beside it mend nothing.
    return failed(cause.message.replace(`${name} `, ''));
  }
  const problems = text.startsWith('\uFEFF')
    ? [
        {
          at: '',
          what: 'begins with a byte-order mark, and runtimes (libcni) do not read such a file',
          remedy: rewritten(path),
        },
      ]
    : [];
  const taken = name.endsWith('.conflist') ? ofList(whole) : ofOne(whole);
  return { configs: taken.configs, problems: [...problems, ...taken.problems] };
}

/** The commands that write a file again as runtimes read it. */
function rewritten(path: string): readonly string[] {
  const file = quoted(path);
  return [
    `[IO.File]::WriteAllText(${file}, [IO.File]::ReadAllText(${file}), [Text.UTF8Encoding]::new($false))`,
  ];
}

function ofOne(whole: JsonObject): TakenApart {
  if (keyValue(whole, 'type') === undefined && keyValue(whole, 'plugins') !== undefined) {
    const problem = 'is a list of plugins under the name of a single one: no runtime reads it';
    const taken = ofList(whole);
    return {
      ...taken,
      problems: [{ at: '', what: problem, remedy: ['name it .conflist'] }, ...taken.problems],
    };
  }
  const problems = missingType(whole, '');
  return { configs: [{ at: '', config: withPlainLists(whole) }], problems };
}

function ofList(whole: JsonObject): TakenApart {
  const written = keyValue(whole, 'plugins');
  const { plugins } = withPlainLists({ plugins: written });
  if (!Array.isArray(plugins)) {
    const what = written === undefined ? 'is missing' : 'expected a list of plugins';
    return { configs: [], problems: [{ at: 'plugins', what, remedy: ['"plugins": [{ ... }]'] }] };
  }
  const problems: ConfigurationProblem[] = listKeys.flatMap((key) => misspelt(whole, key));
  if (!Array.isArray(written)) {
    const what = 'is an object with "value" and "Count", and runtimes read a list alone';
    problems.push({ at: 'plugins', what, remedy: ['"plugins": [{ ... }]'] });
  }
  if (plugins.length === 0) {
    problems.push({ at: 'plugins', what: 'is an empty list', remedy: ['"plugins": [{ ... }]'] });
  }
  const configs = plugins.flatMap((plugin: unknown, index) => {
    const at = `plugins[${index}]`;
    if (!isJsonObject(plugin)) {
      problems.push({ at, what: 'expected an object', remedy: [] });
      return [];
    }
    problems.push(...missingType(plugin, at));
    // What the runtime writes into each of them, over what it says itself.
    return [{ at, config: ['name', 'cniVersion'].reduce(withKeyOf(whole), plugin) }];
  });
  return { configs, problems };
}

const withKeyOf = (list: JsonObject) => (plugin: JsonObject, key: string) =>
  withKey(plugin, key, keyValue(list, key) ?? '');

/** The keys of a list that libcni reads in this letter case alone. */
const listKeys = ['name', 'cniVersion', 'plugins'];

function misspelt(list: JsonObject, key: string): readonly ConfigurationProblem[] {
  if (list[key] !== undefined) return [];
  const written = Object.keys(list).find((name) => name.toLowerCase() === key.toLowerCase());
  if (written === undefined) return [];
  const what = `runtimes (libcni) read the list's "${key}" in this letter case alone`;
  return [{ at: written, what, remedy: [`"${key}": ${JSON.stringify(list[written])}`] }];
}

function missingType(plugin: JsonObject, at: string): readonly ConfigurationProblem[] {
  const type = keyValue(plugin, 'type');
  if (typeof type === 'string' && type !== '') return [];
  const place = at === '' ? 'type' : `${at}.type`;
  const what = 'expected the name of a plugin';
  return [{ at: place, what, remedy: ['"type": "win-overlay"'] }];
}
