import { pluginNameOf } from '../../../cni/delegate.ts';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { keyValue } from '../../../cni/keys.ts';
import { pluginNames } from '../../registry.ts';
import { isConfigurationName, takeApart } from '../checks/reading/configuration-file.ts';
import { exit, OperatorError } from '../exit.ts';
import type { FileFact } from '../facts/facts.ts';

/** What a node has whose configurations nobody has written yet. */
export const usualNames = ['flannel', 'win-overlay', 'win-bridge', 'host-local'] as const;

/** Our names among the types of configurations: plugins, their IPAM, flannel's delegate. */
export function namesUsed(files: readonly FileFact[]): readonly string[] {
  const configs = files
    .filter(({ path }) => isConfigurationName(path))
    .flatMap((file) => takeApart(file).configs.map(({ config }) => config));
  const types = configs.flatMap(typesOf).map(pluginNameOf);
  return pluginNames.filter((name) => types.includes(name));
}

function typesOf(config: JsonObject): readonly string[] {
  const type = keyValue(config, 'type');
  const own = typeof type === 'string' ? [type] : [];
  const inside = ['ipam', 'delegate'].flatMap((key) => {
    const value = keyValue(config, key);
    return isJsonObject(value) ? typesOf(value) : [];
  });
  if (own.map(pluginNameOf)[0] !== 'flannel') return [...own, ...inside];
  // What flannel hands on when nothing else is written (flannel/delegation.ts).
  const delegate = keyValue(config, 'delegate');
  const named = isJsonObject(delegate) && keyValue(delegate, 'type') !== undefined;
  return [...own, ...inside, ...(named ? [] : ['win-bridge']), 'host-local'];
}

/** The names that were typed: with commas between, or `all`. Throws OperatorError for one that is no plugin's. */
export function namesIn(text: string): readonly string[] {
  const names = text.split(',').map((name) => pluginNameOf(name.trim()));
  if (names.includes('all')) return pluginNames;
  const other = names.find((name) => !pluginNames.includes(name));
  if (other !== undefined) {
    throw new OperatorError(
      exit.usage,
      `no plugin is named ${other}: there are ${pluginNames.join(', ')}`,
    );
  }
  return [...new Set(names)];
}
