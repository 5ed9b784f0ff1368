import type { Host } from '../system/host.ts';
import { commandRule } from './commands.ts';
import { CniError, code } from './error.ts';
import { isIdentifier } from './identifiers.ts';
import type { JsonObject } from './json-object.ts';
import { withKeys } from './keys.ts';
import type { Call, Delegate, Plugin } from './plugin.ts';
import { callPlugin } from './run.ts';

export interface DelegateDeps {
  readonly host: Host;
  /** One of our own plugins by name, or undefined. */
  readonly own: (type: string) => Promise<Plugin | undefined>;
}

/**
 * Calls another plugin (SPEC.md, section 4): one of ours in this process, any other as an
 * executable from CNI_PATH. Its error is passed on with its code. Throws code 120 when there is none
 * of that type, 7 when the type is no plugin's.
 */
export function delegateTo({ host, own }: DelegateDeps): Delegate {
  return async (type, call) => {
    if (!isIdentifier(type)) {
      throw new CniError(
        code.invalidConfig,
        `not a plugin's type: ${JSON.stringify(type.slice(0, 200))}`,
        'a type is the name of an executable in CNI_PATH, without folder',
      );
    }
    const plugin = await own(pluginNameOf(type));
    if (plugin) return callPlugin(plugin, call);
    // Loaded here: most delegates are our own.
    const { callExecutable } = await import('./executable.ts');
    return callExecutable(host, type, call);
  };
}

/**
 * The name of the plugin that a type means. Windows finds one executable by `host-local`, `Host-Local` and
 * `host-local.exe`: they are one type.
 */
export function pluginNameOf(type: string): string {
  return type.toLowerCase().replace(/\.exe$/, '');
}

/**
 * The call to a delegate: ours, about a network, with a configuration of the delegate's. What the
 * specification wants in every configuration is set here and nowhere else: the network's name, the
 * version we are called in, and what the runtime added to our configuration for this command
 * (prevResult, the valid attachments). What the configuration had under those keys gives way.
 * @param network the network's name; by default that of our call
 */
export function delegateCall(call: Call, config: JsonObject, network = call.network): Call {
  const { addedKeys } = commandRule(call.command);
  const added = Object.entries(call.config).filter(([key]) =>
    addedKeys.includes(key.toLowerCase()),
  );
  const named = withKeys(config, { name: network, cniVersion: call.version });
  return { ...call, network, config: withKeys(named, Object.fromEntries(added)) };
}
