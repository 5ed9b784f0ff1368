import { pluginNameOf } from '../../../../cni/delegate.ts';
import { CniError } from '../../../../cni/error.ts';
import { readHostLocalConfig } from '../../../../ipam/host-local/config.ts';
import { check, type Finding } from '../check.ts';
import {
  type ConfigurationFile,
  type ConfiguredPlugin,
  placeOf,
  pluginsOf,
} from '../reading/configurations.ts';
import { type Misspelt, misspeltKeys } from '../reading/misspelt-keys.ts';
import { edit, shown } from '../reading/remedies.ts';

/** Every configuration, read as its runtime and its plugins read it. */
export const confValid = check({
  id: 'conf.valid',
  about: "the configurations, by the plugins' own rules; keys that look misspelt",
  levels: ['fail', 'warn'],
  needs: ['configurations'],
  applies: ({ configurations }) => configurations.files.length > 0,
  find: ({ configurations: { files, subnetEnv } }) =>
    files.flatMap((file) => [
      ...fileProblems(file),
      ...pluginsOf(file).flatMap((plugin) => {
        const isKnown = plugin.at.endsWith('delegate') ? subnetEnv?.kind === 'complete' : true;
        return [
          ...pluginProblems(plugin, file.inEffect, isKnown),
          ...misspeltKeys(plugin).map((key) => misspeltFinding(plugin, key)),
        ];
      }),
    ]),
});

type ValidFinding = Finding<'fail' | 'warn'>;

/** Pods get what is in effect; what is wrong elsewhere waits for its turn. */
const levelOf = (inEffect: boolean) => (inEffect ? 'fail' : 'warn');

function fileProblems(file: ConfigurationFile): readonly ValidFinding[] {
  return file.problems.map(({ at, remedy, what }) => ({
    level: levelOf(file.inEffect),
    what: shown(
      at === '' ? `${file.name} ${what}` : `${placeOf({ at, file: file.name })}: ${what}`,
      300,
    ),
    remedy: edit(file, ...remedy.map((line) => shown(line, 300))),
  }));
}

function pluginProblems(
  plugin: ConfiguredPlugin,
  inEffect: boolean,
  hasRanges: boolean,
): readonly ValidFinding[] {
  const errors = [
    ...(plugin.error ? [plugin.error] : []),
    ...(hasRanges ? rangeErrors(plugin) : []),
  ];
  // The engine and host-local may say the same of one key.
  const said = new Map(errors.flatMap(problemsOf).map((problem) => [problem.what, problem]));
  return [...said.values()].map(({ remedy, what }) => ({
    level: levelOf(inEffect),
    what: shown(`${placeOf(plugin, what)}`, 300),
    remedy: edit(plugin, ...remedy),
  }));
}

/** What host-local would answer of its ranges. */
function rangeErrors({ call, capabilities, ipam, plugin }: ConfiguredPlugin): readonly CniError[] {
  const isHostLocal = plugin === 'host-local' || (ipam && pluginNameOf(ipam) === 'host-local');
  if (!call || !isHostLocal) return [];
  try {
    readHostLocalConfig(call).pool();
    return [];
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    // The runtime says them with each pod.
    const given = capabilities.includes('ipRanges') && error.message.includes('no IP ranges');
    return given ? [] : [error];
  }
}

/** An error's problems, each beginning with its key: those of a schema are all in the details. */
function problemsOf({ details, message }: CniError): readonly {
  readonly what: string;
  readonly remedy: readonly string[];
}[] {
  const what = message.replace(/^invalid network configuration: /, '');
  const lines = details.split('\n').filter((line) => line !== '');
  if (lines[0] === what) return lines.map((line) => ({ what: line, remedy: [] }));
  return [{ what, remedy: lines.map((line) => shown(line, 300)) }];
}

function misspeltFinding(plugin: ConfiguredPlugin, { key, meant, word }: Misspelt): ValidFinding {
  const is =
    word === undefined ? 'is no key that anybody reads' : `says ${word}, which nobody reads`;
  return {
    level: 'warn',
    what: shown(`${placeOf(plugin, key)} ${is}; ${meant} is one`, 300),
    remedy: edit(plugin, `"${meant}"`),
  };
}
