import type { JsonObject } from '../../../../cni/json-object.ts';
import type { Policy } from '../../../../hns-bridge/policy/policy.ts';
import type { ConfiguredPlugin } from './configurations.ts';

/** JSON on a line as people write it, a blank behind each colon and comma. */
export function jsonLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).map(
    ([key, entry]) => `${JSON.stringify(key)}: ${jsonLine(entry)}`,
  );
  return `{${entries.join(', ')}}`;
}

/**
 * JSON as people write it: what fits on a line of 80 columns is one.
 * @param used what stands on the line before it
 */
export function jsonText(value: unknown, indent = '', used = indent.length): string {
  const line = jsonLine(value);
  if (used + line.length < 79 || typeof value !== 'object' || value === null) return line;
  const deeper = `${indent}  `;
  const entries = Array.isArray(value)
    ? value.map((entry) => jsonText(entry, deeper))
    : Object.entries(value).map(([key, entry]) => {
        const name = `${JSON.stringify(key)}: `;
        return `${name}${jsonText(entry, deeper, deeper.length + name.length)}`;
      });
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${entries.map((entry) => `${deeper}${entry}`).join(',\n')}\n${indent}${close}`;
}

/** Where to add a policy, and the entry, in the shape that the plugin's list has: Microsoft's have a list of their own. */
export function policyToAdd({ mode }: ConfiguredPlugin, policy: JsonObject): readonly string[] {
  return mode?.name.startsWith('sdn')
    ? ['add to "AdditionalArgs":', jsonLine({ Name: 'EndpointPolicy', Value: policy })]
    : ['add to "policies":', jsonLine({ name: 'EndpointPolicy', value: policy })];
}

/** Whether a policy is written as V1 has it: flat. */
export function isFlat({ written }: Policy): boolean {
  return written?.dialect === 'v1';
}
