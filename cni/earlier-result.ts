import type { Log } from '../system/host.ts';
import type { Call } from './plugin.ts';
import { prevResultOf } from './read-result.ts';
import type { Dns, Result } from './result.ts';
import { atLeast } from './versions.ts';

/**
 * The result of a plugin in a chain: what the plugins before it made (prevResult) stays, and its own comes
 * after (SPEC.md, section 2, "ADD"). Chains came with 0.3.0. A prevResult that cannot be read is passed
 * over, and logged: the reference's plugins never look at it.
 */
export function afterEarlier(call: Call, own: Result, log: Log): Result {
  const earlier = atLeast(call.version, '0.3.0') ? earlierResult(call, log) : undefined;
  if (!earlier) return own;
  const before = earlier.interfaces.length;
  return {
    interfaces: [...earlier.interfaces, ...own.interfaces],
    ips: [
      ...earlier.ips,
      ...own.ips.map((ip) =>
        ip.interface === undefined ? ip : { ...ip, interface: before + ip.interface },
      ),
    ],
    routes: [...earlier.routes, ...own.routes],
    dns: { ...earlier.dns, ...filled(own.dns) },
  };
}

function earlierResult(call: Call, log: Log): Result | undefined {
  try {
    return prevResultOf(call);
  } catch (error) {
    log('prevResult passed over', { error: String(error) });
    return undefined;
  }
}

/** The fields that say something. */
function filled(dns: Dns): Dns {
  return Object.fromEntries(Object.entries(dns).filter(([, value]) => (value?.length ?? 0) > 0));
}
