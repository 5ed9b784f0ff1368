import { CniError, code } from '../../cni/error.ts';
import { isJsonObject } from '../../cni/json-object.ts';
import { keyValue } from '../../cni/keys.ts';
import type { Call, Delegate } from '../../cni/plugin.ts';

/** Keys of the delegate's configuration that flannel writes, whatever the operator wrote there. */
const flannels = ['name', 'type', 'ipam', 'cniversion', 'ipmasqnetwork', 'otheripmasqnetworks'];

/**
 * A delegate whose errors about a configuration name keys where the operator wrote them: `policies[1]` of
 * the delegate is `delegate.policies[1]` in flannel's configuration.
 */
export function placingErrors(delegate: Delegate, { config }: Call): Delegate {
  const operators = keyValue(config, 'delegate');
  if (!isJsonObject(operators)) return delegate;
  const isTheirs = (key: string) =>
    !flannels.includes(key.toLowerCase()) &&
    keyValue(operators, key) !== undefined &&
    // What both say is flannel's own: `runtimeConfig`.
    keyValue(config, key) === undefined;
  const placed = (line: string) =>
    line.replace(
      /^(invalid network configuration: )?(\w+)(?=[.:[])/,
      (found, said: string = '', key: string) => (isTheirs(key) ? `${said}delegate.${key}` : found),
    );
  return async (type, call) => {
    try {
      return await delegate(type, call);
    } catch (error) {
      if (!(error instanceof CniError) || error.code !== code.invalidConfig) throw error;
      const details = error.details.split('\n').map(placed).join('\n');
      throw new CniError(error.code, placed(error.message), details, { cause: error });
    }
  };
}
