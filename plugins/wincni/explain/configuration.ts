import { pluginNameOf } from '../../../cni/delegate.ts';
import { CniError } from '../../../cni/error.ts';
import { parseJsonObject } from '../../../cni/json.ts';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { keyValue, withKeys } from '../../../cni/keys.ts';
import { pluginNames } from '../../registry.ts';
import { exit, OperatorError } from '../exit.ts';

/** The configuration that one of our plugins is called with. */
export interface PluginConfig {
  /** The plugin's name, as its executable is named. */
  readonly plugin: string;
  readonly config: JsonObject;
  /** What is not explained. */
  readonly notes: readonly string[];
}

/**
 * The configuration of our plugin in a file of the runtime's: a list of plugins (libcni hands `name` and
 * `cniVersion` on to each), or one plugin's alone. Throws OperatorError where there is none.
 */
export function pluginConfigIn(bytes: Uint8Array, where: string): PluginConfig {
  const written = parsed(bytes, where);
  const plugins = keyValue(written, 'plugins');
  if (plugins === undefined) return pluginOf([written], where);
  const list = Array.isArray(plugins) ? plugins.filter(isJsonObject) : [];
  const shared = { name: keyValue(written, 'name'), cniVersion: keyValue(written, 'cniVersion') };
  const said = Object.entries(shared).filter(([, value]) => value !== undefined);
  return pluginOf(
    list.map((plugin) => withKeys(plugin, Object.fromEntries(said))),
    where,
  );
}

function parsed(bytes: Uint8Array, where: string): JsonObject {
  try {
    return parseJsonObject(bytes, where);
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    throw new OperatorError(exit.failures, error.message, error.details ? [error.details] : [], {
      cause: error,
    });
  }
}

function pluginOf(plugins: readonly JsonObject[], where: string): PluginConfig {
  const types = plugins.map((plugin) => {
    const type = keyValue(plugin, 'type');
    return typeof type === 'string' ? pluginNameOf(type) : '';
  });
  const index = types.findIndex((type) => pluginNames.includes(type));
  const [config, plugin] = [plugins[index], types[index]];
  if (!config || plugin === undefined) {
    throw new OperatorError(
      exit.failures,
      `${where} has no plugin of this suite: ${types.join(', ') || 'it names none'}`,
      [`"type" may be ${pluginNames.join(', ')}`],
    );
  }
  const others = types.filter((_, other) => other !== index);
  return {
    plugin,
    config,
    notes: others.map((type) => `${type}, another plugin of the list, is not explained`),
  };
}
