import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { defined } from '../../system/defined.ts';
import { field, textField } from '../json-document.ts';
import { type Dialect, namesOf, type PolicyKey, type PolicyType, policyType } from './types.ts';
import { PolicyError } from './values.ts';

/**
 * A policy of an endpoint: V2's type and settings as the table of types reads them and, of one that
 * somebody wrote, what was written. Of a type that the table does not know, both are as written.
 */
export interface Policy {
  readonly Type: string;
  readonly Settings: JsonObject;
  readonly written?: {
    /** By its shape: V2 has `Settings`. */
    readonly dialect: Dialect;
    /** All that was said beside the type. */
    readonly settings: JsonObject;
  };
}

/**
 * Reads a policy in any of the shapes operators have: V1's flat one, V2's with `Settings`, flat with
 * V2's names; types and keys in any letter case. Throws PolicyError for what cannot be right.
 */
export function readPolicy(value: JsonObject): Policy {
  const name = textField(value, 'Type');
  if (name === undefined) throw new PolicyError('Type', 'expected the type of a policy');
  const nested = field(value, 'Settings');
  if (nested !== undefined && !isJsonObject(nested)) {
    throw new PolicyError('Settings', 'expected an object');
  }
  return readAs(name, value, nested, (key, written) => key.read(key.name, written));
}

/**
 * Reads a policy that HNS answered: whatever it says is so. V2's without a type is a port mapping, whose
 * value is 0 (HNS.md, "What HNS leaves out"). Never throws.
 */
export function readHnsPolicy(value: unknown): Policy | undefined {
  if (!isJsonObject(value)) return undefined;
  const settings = field(value, 'Settings');
  const nested = isJsonObject(settings) ? settings : undefined;
  const name = textField(value, 'Type') ?? (nested ? 'PortMapping' : '');
  try {
    return readAs(name, value, nested, (key, written) =>
      key.leftOut && written === undefined ? undefined : key.read(key.name, written),
    );
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return nested ? asWritten(name, 'v2', nested) : asWritten(name, 'v1', besideType(value));
  }
}

function readAs(
  name: string,
  value: JsonObject,
  nested: JsonObject | undefined,
  read: (key: PolicyKey, written: unknown) => unknown,
): Policy {
  const type = policyType(name);
  const dialect = nested ? 'v2' : 'v1';
  const outer = besideType(value);
  if (!type) return asWritten(name, dialect, nested ?? outer);
  const settings = withoutNull({ ...outer, ...nested });
  const found = type.keys
    .map((key) => [key.name, read(key, field(settings, ...namesOf(key, dialect)))] as const)
    .filter(([, entry]) => entry !== undefined);
  const entries = Object.fromEntries(found);
  const Settings = type.complete ? type.complete(entries) : entries;
  return { Type: type.name, Settings, written: { dialect, settings } };
}

function asWritten(Type: string, dialect: Dialect, settings: JsonObject): Policy {
  return { Type, Settings: settings, written: { dialect, settings } };
}

/** What stands in a policy's own object beside its type and its settings. */
function besideType(policy: JsonObject): JsonObject {
  const rest = Object.entries(policy).filter(([key]) => !/^(?:type|settings)$/i.test(key));
  return Object.fromEntries(rest);
}

/** `null` says the same as leaving the key out. */
function withoutNull(settings: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
}

/**
 * A policy as a dialect takes it. What was written in that dialect goes out as it was written, keys
 * nobody knows too, names in HNS's own letter case; what was written in the other, or was planned, is
 * encoded. Throws PolicyError, naming the key, for what the dialect has no counterpart of.
 */
export function policyDocument(policy: Policy, dialect: Dialect): JsonObject {
  const type = policyType(policy.Type);
  const settings = settingsIn(policy, dialect);
  return dialect === 'v2'
    ? { Type: type?.name ?? policy.Type, Settings: settings }
    : { Type: type?.v1 ?? policy.Type, ...settings };
}

/** The settings of a policy under a dialect's names. Throws PolicyError as policyDocument does. */
function settingsIn(policy: Policy, dialect: Dialect): JsonObject {
  const { Settings, Type, written } = policy;
  const type = policyType(Type);
  if (!type) {
    if (written === undefined || written.dialect === dialect) return Settings;
    throw unknownType(Type, dialect);
  }
  if (dialect === 'v1' && type.v1 === undefined) throw unknownType(Type, dialect);
  if (written === undefined) return encoded(type, Settings, dialect);
  const [unknown] = unknownKeys(policy);
  if (written.dialect !== dialect) {
    if (unknown !== undefined) throw unknownKey(Type, unknown, dialect);
    return encoded(type, Settings, dialect);
  }
  return asWrittenIn(dialect, type, policy, written.settings);
}

/**
 * What was written in a dialect, for that dialect: as it was written, but for keys under names of the
 * other dialect, which are encoded. Throws PolicyError for a value that the dialect lacks.
 */
function asWrittenIn(
  dialect: Dialect,
  type: PolicyType,
  { Settings }: Policy,
  written: JsonObject,
): JsonObject {
  const kept = Object.entries(written).flatMap(([name, value]) => {
    const key = keyNamed(type, name);
    if (!key) return [[name, value] as const];
    // Encoded in any case: that throws where V1 lacks the value.
    const encoded = encodedKey(type, key, Settings[key.name], dialect);
    const own = ownNames(key, dialect).find((known) => sameName(known, name));
    const isKept = own !== undefined && !key.sentAsRead;
    return isKept ? [[own, value] as const] : Object.entries(encoded);
  });
  return Object.fromEntries(kept);
}

function encoded(type: PolicyType, settings: JsonObject, dialect: Dialect): JsonObject {
  const entries = type.keys.flatMap((key) =>
    Object.entries(encodedKey(type, key, settings[key.name], dialect)),
  );
  return Object.fromEntries(entries);
}

/** A key and its value under a dialect's name; nothing where there is nothing to say. */
function encodedKey(
  type: PolicyType,
  key: PolicyKey,
  value: unknown,
  dialect: Dialect,
): JsonObject {
  if (dialect === 'v2') return defined({ [key.name]: value });
  const [name] = key.v1 ?? [];
  if (value === undefined) return name === undefined ? {} : defined({ [name]: key.v1Default });
  const lacking = key.v1Lacks ? key.v1Lacks(value) : name === undefined ? shown(value) : undefined;
  if (lacking !== undefined) throw unsupportedInV1(type.name, key.name, lacking);
  return name === undefined ? {} : { [name]: key.toV1 ? key.toV1(value) : value };
}

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** What was written for a key of the table, as it was written; undefined where nothing was. */
export function writtenValue({ Type, written }: Policy, name: string): unknown {
  const key = policyType(Type)?.keys.find((known) => known.name === name);
  return key && written && field(written.settings, ...namesOf(key, written.dialect));
}

/** The keys that were written and that the table does not know of the type. */
export function unknownKeys({ Type, written }: Policy): readonly string[] {
  const type = policyType(Type);
  if (!type || !written) return [];
  return Object.keys(written.settings).filter((name) => !keyNamed(type, name));
}

/** What was written under those keys. */
export function unknownSettings(policy: Policy): JsonObject {
  const entries = unknownKeys(policy).map((key) => [key, policy.written?.settings[key]] as const);
  return Object.fromEntries(entries);
}

function keyNamed(type: PolicyType, name: string): PolicyKey | undefined {
  return type.keys.find((key) => namesOf(key, 'v2').some((known) => sameName(known, name)));
}

function ownNames(key: PolicyKey, dialect: Dialect): readonly string[] {
  return dialect === 'v2' ? [key.name] : (key.v1 ?? []);
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function unknownType(type: string, dialect: Dialect): PolicyError {
  return dialect === 'v2'
    ? new PolicyError(
        'Type',
        `${type} is a policy of V1 that V2 is not known to have`,
        'if V2 has it, write it with "Settings": it is passed on as it is',
      )
    : new PolicyError(
        'Type',
        `${type} is a policy of V2 that V1 is not known to have`,
        'V1 is for Docker; a container runtime with namespaces has V2',
      );
}

function unknownKey(type: string, key: string, dialect: Dialect): PolicyError {
  return new PolicyError(
    key,
    `${dialect.toUpperCase()} is not known to have this setting of the policy ${type}`,
    dialect === 'v2'
      ? 'if V2 has it, write the policy with "Settings": it is passed on as it is'
      : 'if V1 has it, write the policy without "Settings": it is passed on as it is',
  );
}

function unsupportedInV1(type: string, key: string, value: string): PolicyError {
  return new PolicyError(
    key,
    `V1 has no way to say ${value}, in the policy ${type}`,
    'take it out, or use a container runtime with namespaces (V2)',
  );
}
