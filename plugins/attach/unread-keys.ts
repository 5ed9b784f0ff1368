import { parseCidr } from '../../cni/address.ts';
import type { JsonObject } from '../../cni/json-object.ts';
import { keyValue, withoutKey } from '../../cni/keys.ts';
import type { Mode } from './modes.ts';

const isFlag = (value: unknown) => typeof value === 'boolean';
const isCidr = (value: unknown) =>
  typeof value === 'string' && (value === '' || !!parseCidr(value));

/** Two hex pairs, `0E-2A`. */
export const macPrefixForm = /^[0-9a-f]{2}-[0-9a-f]{2}$/i;

/** Whether a value can be used for a key that not every reference plugin reads. */
const usable = {
  ipMasq: isFlag,
  loopbackDSR: isFlag,
  ipMasqNetwork: (value: unknown) => (Array.isArray(value) ? value.every(isCidr) : isCidr(value)),
  endpointMacPrefix: (value: unknown) =>
    value === '' || (typeof value === 'string' && macPrefixForm.test(value)),
} satisfies Readonly<Record<string, (value: unknown) => boolean>>;

export type UnreadKey = keyof typeof usable;

/**
 * A configuration without the keys that have no effect under this name, and without what cannot be used
 * under keys that the reference plugin of this name never reads: such a configuration works there, and
 * must work here.
 */
export function withoutUnread(
  { keysWithoutEffect, name, unreadKeys }: Mode,
  config: JsonObject,
): { readonly config: JsonObject; readonly notes: readonly string[] } {
  const unusable = unreadKeys.filter((key) => {
    const value = keyValue(config, key);
    return value !== undefined && !usable[key](value);
  });
  const idle = keysWithoutEffect.filter((key) => keyValue(config, key) !== undefined);
  return {
    config: [...unusable, ...idle].reduce<JsonObject>(withoutKey, config),
    notes: [
      ...unusable.map((key) => {
        const found = JSON.stringify(keyValue(config, key)).slice(0, 80);
        return `${key}: ${found} cannot be used, and ${name} does without`;
      }),
      ...idle.map((key) => `${key} has no effect: ${name} does not read it`),
    ],
  };
}
