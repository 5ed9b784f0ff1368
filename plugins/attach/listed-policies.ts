import { CniError, invalidConfig } from '../../cni/error.ts';
import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { type Policy, policyDocument, readPolicy } from '../../hns-bridge/policy/policy.ts';
import type { Dialect } from '../../hns-bridge/policy/types.ts';
import { PolicyError } from '../../hns-bridge/policy/values.ts';
import type { From } from './from.ts';
import type { Mode } from './modes.ts';
import type { WrittenConfig } from './schema.ts';
import { isUnder } from './unread-keys.ts';

/** The policies that a configuration lists, wherever it may list them. */
interface Listed {
  readonly policies: readonly From<Policy>[];
  /** Policies of a network that is made, as they are written. */
  readonly networkPolicies: readonly From<JsonObject>[];
  readonly notes: readonly string[];
}

interface Entry {
  /** In small letters; empty where none is written. */
  readonly name: string;
  readonly value: unknown;
  readonly from: string;
  /** Whether the reference plugin of this name never looks at it. */
  readonly isUnread: boolean;
}

/** The name of an endpoint's policies. */
const endpointPolicy = 'endpointpolicy';
/** That of policies for the network, which matter where it is made. */
const networkPolicy = 'networkpolicy';

/**
 * Reads the policies of a configuration. What cannot be used, or not in this dialect, is an error (code 7)
 * under the keys that the reference plugin of this name reads, and passed over under others.
 * @param dialect undefined: whichever; that is found out later
 */
export function listedPolicies(
  mode: Mode,
  written: WrittenConfig,
  dialect: Dialect | undefined,
): Listed {
  const notes: string[] = [];
  const entries = entriesOf(mode, written);
  // Other names are for other consumers of the same file; one without is for nobody.
  const named = (wanted: string) => entries.filter(({ name }) => name === wanted);
  const readable = <Value>({ from, isUnread }: Entry, read: () => Value): readonly Value[] => {
    try {
      return [read()];
    } catch (error) {
      if (!isUnread || !(error instanceof CniError)) throw error;
      notes.push(`${error.message}: ${from} is passed over, for ${mode.name} does without`);
      return [];
    }
  };
  const isEmpty = ({ value }: Entry) => value === undefined || value === null;
  const ours = named(endpointPolicy);
  return {
    policies: ours
      .filter((entry) => !isEmpty(entry))
      .flatMap((entry) =>
        readable(entry, () => {
          const policy = listedPolicy(entry);
          if (entry.isUnread && dialect) assertIn(dialect, policy);
          return policy;
        }),
      ),
    networkPolicies: named(networkPolicy)
      .filter((entry) => !isEmpty(entry))
      .flatMap((entry) =>
        readable(entry, () => ({ from: entry.from, value: policyObject(entry) })),
      ),
    notes: [
      ...named('').map(({ from }) => `${from} has no name, and is passed over`),
      ...ours.filter(isEmpty).map(({ from }) => `${from} has no value, and is passed over`),
      ...notes,
    ],
  };
}

function entriesOf(mode: Mode, written: WrittenConfig): readonly Entry[] {
  const isUnread = (key: string) => isUnder(mode.unreadKeys, key);
  const under = (key: string, listed: WrittenConfig['policies'] = []) =>
    listed.map(({ name = '', value }, index) => ({
      name: name.toLowerCase(),
      value,
      from: `${key}[${index}]`,
      isUnread: isUnread(key),
    }));
  return [
    ...under('policies', written.policies),
    ...under('AdditionalArgs', written.AdditionalArgs),
    ...(written.HcnPolicyArgs ?? []).map((value, index) => ({
      name: endpointPolicy,
      value,
      from: `HcnPolicyArgs[${index}]`,
      isUnread: isUnread('HcnPolicyArgs'),
    })),
  ];
}

function listedPolicy(entry: Entry): From<Policy> {
  const written = policyObject(entry);
  return { from: entry.from, value: asConfigError(entry.from, () => readPolicy(written)) };
}

function policyObject({ from, value }: Entry): JsonObject {
  if (isJsonObject(value)) return value;
  throw invalidConfig(`${from}.value`, 'expected object');
}

/** Throws code 7, saying which, for a listed policy that a dialect does not have. */
export function assertSupported(listed: readonly From<Policy>[], dialect: Dialect): void {
  for (const policy of listed) assertIn(dialect, policy);
}

function assertIn(dialect: Dialect, { from, value }: From<Policy>): void {
  asConfigError(from, () => policyDocument(value, dialect));
}

/** What a reader of policies gives; what is wrong with one is thrown as code 7, with its place. */
function asConfigError<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw invalidConfig(`${path}: ${error.field}`, error.problem, error.details);
  }
}
