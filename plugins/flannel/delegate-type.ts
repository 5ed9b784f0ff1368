import { type CniError, invalidConfig } from '../../cni/error.ts';
import { isIdentifier } from '../../cni/identifiers.ts';
import type { JsonObject } from '../../cni/json-object.ts';
import { keyValue } from '../../cni/keys.ts';

/** The plugin that `delegate` names; win-bridge when it names none. Throws code 7. */
export function delegateType(delegate: JsonObject): string {
  const type = keyValue(delegate, 'type') ?? 'win-bridge';
  if (typeof type !== 'string') {
    const found = Array.isArray(type) ? 'an array' : typeof type;
    throw invalidDelegate('type', `expected string, found ${found}`);
  }
  if (isFlannel(type)) {
    throw invalidDelegate('type', 'expected another plugin than flannel itself');
  }
  if (isIdentifier(type)) return type;
  const found = JSON.stringify(type.slice(0, 80));
  throw invalidDelegate(
    'type',
    `expected the name of an executable, without folder, found ${found}`,
  );
}

/** Whether a value is a type that a remembered configuration may have. */
export function isDelegateType(type: unknown): type is string {
  return typeof type === 'string' && isIdentifier(type) && !isFlannel(type);
}

function isFlannel(type: string): boolean {
  return /^flannel(?:\.exe)?$/i.test(type);
}

/** A key of `delegate` that cannot be used: code 7. */
export function invalidDelegate(key: string, problem: string): CniError {
  return invalidConfig(
    `delegate.${key}`,
    problem,
    '"delegate" holds the keys of the plugin that attaches the pod: "type", "policies", "dns", …',
  );
}
