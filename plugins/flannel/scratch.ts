import * as z from 'zod/mini';
import { object } from '../../cni/config.ts';
import { invalidConfig } from '../../cni/error.ts';
import { interfaceProblem, isIdentifier } from '../../cni/identifiers.ts';
import { isJsonObject, withKey, withoutKey } from '../../cni/keys.ts';
import type { JsonObject } from '../../cni/plugin.ts';
import { specVersions } from '../../cni/versions.ts';
import { isDelegateType } from './delegate-type.ts';
import type { Owner } from './owner.ts';

/** What a scratch file says: a delegate's configuration as it was remembered. */
export interface Scratch {
  readonly config: JsonObject;
  readonly type: string;
  readonly network: string;
  /** Where the addresses come from, as CIDRs. */
  readonly subnets: readonly string[];
  /** Undefined in what the reference wrote: there the file's name is the sandbox's id. */
  readonly owner: Owner | undefined;
}

/** Our key in the file: the reference and its plugins pass over keys they do not know. */
export const mark = 'wincni';

const identifier = z.string().check(z.refine(isIdentifier));
const range = object({ subnet: z.optional(z.string()) });
const ipam = object({
  subnet: z.optional(z.string()),
  ranges: z.optional(z.array(z.array(range))),
});

const schema = object({
  type: z.custom<string>(isDelegateType),
  name: identifier,
  cniVersion: z.optional(z.enum(['', ...specVersions])),
  ipam: z.catch(z.optional(ipam), undefined),
  [mark]: z.optional(
    object({
      sandbox: identifier,
      ifName: z.string().check(z.refine((name) => interfaceProblem(name) === undefined)),
    }),
  ),
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
  const read = z.safeParse(schema, config);
  if (!read.success) return undefined;
  const { ipam, name, type, [mark]: owner } = read.data;
  const subnets = [ipam, ...(ipam?.ranges ?? []).flat()].flatMap((from) => from?.subnet ?? []);
  return { config: withoutKey(config, mark), type, network: name, subnets, owner };
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
