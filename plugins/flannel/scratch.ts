import * as z from 'zod/mini';
import { object, parseOnce } from '../../cni/config.ts';
import { invalidConfig } from '../../cni/error.ts';
import { interfaceProblem, isIdentifier } from '../../cni/identifiers.ts';
import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { keyValue, withKey, withoutKey } from '../../cni/keys.ts';
import { isSpecVersion } from '../../cni/versions.ts';
import { once } from '../../system/once.ts';
import { isDelegateType } from './delegate-type.ts';
import type { Owner } from './owner.ts';

/** What a scratch file says: a delegate's configuration as it was remembered. */
export interface Scratch {
  readonly config: JsonObject;
  readonly type: string;
  readonly network: string;
  /** Undefined in what the reference wrote: there the file's name is the sandbox's id. */
  readonly owner: Owner | undefined;
}

/** Our key in the file: the reference and its plugins pass over keys they do not know. */
export const mark = 'wincni';

const schema = once(() => {
  const textThat = (fits: (text: string) => boolean) =>
    z.custom<string>((value) => typeof value === 'string' && fits(value));
  return object({
    type: z.custom<string>(isDelegateType),
    name: textThat(isIdentifier),
    cniVersion: z.optional(textThat((version) => version === '' || isSpecVersion(version))),
    [mark]: z.optional(
      // Ours alone writes it, in these letters.
      z.looseObject({
        sandbox: textThat(isIdentifier),
        ifName: textThat((name) => interfaceProblem(name) === undefined),
      }),
    ),
  });
});

/** No configuration is this long. */
const longest = 1024 * 1024;

/** The text of a scratch file: the delegate's configuration, marked with whom it is for. */
export function printScratch(config: JsonObject, { ifName, sandbox }: Owner): string {
  try {
    return JSON.stringify(withKey(config, mark, { sandbox, ifName }));
  } catch (error) {
    // What JSON.parse gave can be printed again, unless it is nested deeper than the stack.
    throw invalidConfig('delegate', 'nested too deeply', '', { cause: error });
  }
}

/** Reads the text of a scratch file again, as carefully as a stranger's; undefined when it is none. */
export function parseScratch(text: string): Scratch | undefined {
  const config = text.length > longest ? undefined : parsedOrUndefined(text);
  if (!isJsonObject(config)) return undefined;
  const read = z.safeParse(schema(), config, parseOnce);
  if (!read.success) return undefined;
  const { name, type, [mark]: owner } = read.data;
  return { config: withoutKey(config, mark), type, network: name, owner };
}

/** The subnets that a remembered configuration has its addresses from, as they are written there. */
export function subnetsIn({ config }: Scratch): readonly string[] {
  const ipam = keyValue(config, 'ipam');
  if (!isJsonObject(ipam)) return [];
  const ranges = keyValue(ipam, 'ranges');
  const sets = Array.isArray(ranges) ? ranges.flat(1) : [];
  return [ipam, ...sets].flatMap((range: unknown) => {
    const subnet = isJsonObject(range) ? keyValue(range, 'subnet') : undefined;
    return typeof subnet === 'string' ? [subnet] : [];
  });
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
