import type { Reasons } from '../../attach/from.ts';

/**
 * Reasons of a delegate's plan, which name keys of the delegate's configuration, with where flannel has
 * those from: `policies[0]` is `delegate.policies[0]`, `ipMasqNetwork` is subnet.env's.
 */
export function placedReasons(planned: Reasons, ofDelegate: Reasons): Reasons {
  return Object.fromEntries(
    Object.entries(planned).map(([path, reason]) => [path, placed(reason, ofDelegate)]),
  );
}

/** A reason's parts have ", " or "; " between them; one of a key begins with it. */
function placed(reason: string, ofDelegate: Reasons): string {
  return reason.replace(/(^|, |; )([A-Za-z]+)((?:\.[A-Za-z]+)*)/g, (found, before, key, below) => {
    const path = `${key}${below}`;
    const from = reasonUnder(ofDelegate, path) ?? reasonUnder(ofDelegate, key);
    if (from === undefined || from === path) return found;
    return from === `delegate.${key}` ? `${before}${from}${below}` : `${before}${path} (${from})`;
  });
}

function reasonUnder(reasons: Reasons, path: string): string | undefined {
  return Object.hasOwn(reasons, path) ? reasons[path] : undefined;
}
