import * as z from 'zod/mini';
import { pluginNameOf } from '../../../../cni/delegate.ts';
import { isJsonObject, type JsonObject } from '../../../../cni/json-object.ts';
import { keyValue } from '../../../../cni/keys.ts';
import { withPlainLists } from '../../../../cni/powershell-lists.ts';
import { namesOf, policyType, policyTypes } from '../../../../hns-bridge/policy/types.ts';
import { hostLocalSchema } from '../../../../ipam/host-local/config.ts';
import { attachSchema } from '../../../attach/schema.ts';
import { flannelSchema } from '../../../flannel/config.ts';
import type { ConfiguredPlugin } from './configurations.ts';
import { meantBy } from './edit-distance.ts';

/** A key, or a word, that nobody knows and that looks like a known one. */
export interface Misspelt {
  /** Below the plugin's own: `dns.nameserver`. */
  readonly key: string;
  /** Of a key that is right, the word that is not. */
  readonly word?: string;
  readonly meant: string;
}

/** Keys of every plugin's configuration that no schema of ours has: the specification's, and logFile. */
const commonKeys = [
  'cniVersion',
  'name',
  'type',
  'capabilities',
  'prevResult',
  'runtimeConfig',
  'args',
  'ipam',
  'dns',
  'ipMasq',
  'disableCheck',
  'keepConfig',
  'logFile',
  'hns',
];

/** What runtimes hand on (CONVENTIONS.md), in exactly this letter case. */
const capabilityNames = [
  'portMappings',
  'ipRanges',
  'bandwidth',
  'dns',
  'dnsCapabilities',
  'ips',
  'mac',
  'aliases',
  'cgroupPath',
];

/** The keys of a plugin of ours that are misspelt, by the schemas that the plugins read them with. */
export function misspeltKeys({ mode, plugin, written }: ConfiguredPlugin): readonly Misspelt[] {
  const config = withPlainLists(written);
  const ipam = keyValue(config, 'ipam');
  const ipamType = isJsonObject(ipam) ? keyValue(ipam, 'type') : undefined;
  const isHostLocal = typeof ipamType === 'string' && pluginNameOf(ipamType) === 'host-local';
  const schemas = [
    ...(mode ? [attachSchema()] : []),
    ...(plugin === 'flannel' ? [flannelSchema()] : []),
    ...(isHostLocal || plugin === 'host-local' ? [hostLocalSchema()] : []),
  ];
  if (schemas.length === 0) return [];
  const known: Known = {
    keys: [
      ...new Set([...schemas.flatMap((schema) => Object.keys(shapeOf(schema))), ...commonKeys]),
    ],
    below: (key) => schemas.flatMap((schema) => schemasBelow(schema, key)),
  };
  // IPAM of another's has keys of its own, and what flannel's says is for its delegate's.
  const passed = isHostLocal ? ['delegate', 'capabilities'] : ['delegate', 'capabilities', 'ipam'];
  return [
    ...misspeltIn(config, known, '', passed),
    ...capabilitiesIn(config),
    ...(mode ? policiesIn(config) : []),
  ];
}

interface Known {
  readonly keys: readonly string[];
  readonly below: (key: string) => readonly z.core.$ZodType[];
}

function misspeltIn(
  object: JsonObject,
  known: Known,
  path: string,
  passed: readonly string[] = [],
): readonly Misspelt[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const meant = meantBy(key, known.keys);
    if (meant !== undefined) return [{ key: at, meant }];
    if (passed.some((name) => name.toLowerCase() === key.toLowerCase())) return [];
    return below(value, known.below(key), at);
  });
}

function below(
  value: unknown,
  schemas: readonly z.core.$ZodType[],
  path: string,
): readonly Misspelt[] {
  if (Array.isArray(value)) {
    const elements = schemas.flatMap((schema) => elementOf(schema) ?? []);
    return value.flatMap((entry: unknown, index) => below(entry, elements, `${path}[${index}]`));
  }
  if (!isJsonObject(value)) return [];
  const keys = [...new Set(schemas.flatMap((schema) => Object.keys(shapeOf(schema))))];
  // What host-local and the engine both read, each has its own keys of; the type and the folder are nobody's.
  const own = path.toLowerCase() === 'ipam' ? ['type', 'dataDir'] : [];
  if (keys.length === 0) return [];
  return misspeltIn(
    value,
    {
      keys: [...keys, ...own],
      below: (key) => schemas.flatMap((schema) => schemasBelow(schema, key)),
    },
    path,
  );
}

function schemasBelow(schema: z.core.$ZodType, key: string): readonly z.core.$ZodType[] {
  const shape = shapeOf(schema);
  const name = Object.keys(shape).find((known) => known.toLowerCase() === key.toLowerCase());
  const found = name === undefined ? undefined : shape[name];
  return found ? [found] : [];
}

function shapeOf(schema: z.core.$ZodType): z.core.$ZodLooseShape {
  const bare = unwrapped(schema);
  return bare instanceof z.core.$ZodObject ? bare._zod.def.shape : {};
}

function elementOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const bare = unwrapped(schema);
  return bare instanceof z.core.$ZodArray ? bare._zod.def.element : undefined;
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.core.$ZodOptional) return unwrapped(schema._zod.def.innerType);
  if (schema instanceof z.core.$ZodPipe) return unwrapped(schema._zod.def.out);
  return schema;
}

function capabilitiesIn(config: JsonObject): readonly Misspelt[] {
  const capabilities = keyValue(config, 'capabilities');
  if (!isJsonObject(capabilities)) return [];
  return Object.keys(capabilities).flatMap((name) => {
    if (capabilityNames.includes(name)) return [];
    const sameLetters = capabilityNames.find((one) => one.toLowerCase() === name.toLowerCase());
    const meant = sameLetters ?? meantBy(name, capabilityNames);
    return meant === undefined ? [] : [{ key: `capabilities.${name}`, meant }];
  });
}

const policyNames = ['EndpointPolicy', 'NetworkPolicy'];

/** Of listed policies: the entry's name, the type, and the keys that the table of types does not know. */
function policiesIn(config: JsonObject): readonly Misspelt[] {
  return ['policies', 'AdditionalArgs'].flatMap((list) => {
    const entries = keyValue(config, list);
    if (!Array.isArray(entries)) return [];
    return entries.flatMap((entry: unknown, index) =>
      isJsonObject(entry) ? policyIn(entry, `${list}[${index}]`) : [],
    );
  });
}

function policyIn(entry: JsonObject, at: string): readonly Misspelt[] {
  const name = keyValue(entry, 'name');
  const value = keyValue(entry, 'value');
  const found = misspeltWord(`${at}.name`, name, policyNames);
  if (!isJsonObject(value)) return found;
  const type = keyValue(value, 'Type');
  const names = policyTypes.flatMap(({ name: v2, v1 }) => (v1 === undefined ? [v2] : [v2, v1]));
  return [
    ...found,
    ...misspeltWord(`${at}.value.Type`, type, names),
    ...settingsIn(value, `${at}.value`),
  ];
}

function misspeltWord(key: string, word: unknown, known: readonly string[]): readonly Misspelt[] {
  const meant = typeof word === 'string' ? meantBy(word, known) : undefined;
  return meant === undefined ? [] : [{ key, word: String(word), meant }];
}

function settingsIn(value: JsonObject, at: string): readonly Misspelt[] {
  const keys = policyType(String(keyValue(value, 'Type')))?.keys ?? [];
  const known = [...keys.flatMap((key) => namesOf(key, 'v2')), 'Type', 'Settings'];
  const nested = keyValue(value, 'Settings');
  const misspeltOf = (object: JsonObject, path: string) =>
    Object.keys(object).flatMap((key) => {
      const meant = meantBy(key, known);
      return meant === undefined ? [] : [{ key: `${path}.${key}`, meant }];
    });
  // Of a type that the table does not know, the keys are HNS's to know.
  if (keys.length === 0) return [];
  return [
    ...misspeltOf(value, at),
    ...(isJsonObject(nested) ? misspeltOf(nested, `${at}.Settings`) : []),
  ];
}
