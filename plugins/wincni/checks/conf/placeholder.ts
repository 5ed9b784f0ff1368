import { isJsonObject } from '../../../../cni/json-object.ts';
import { check, type Finding } from '../check.ts';
import type { ConfigurationFile } from '../reading/configurations.ts';
import { placeOf } from '../reading/configurations.ts';
import { edit, shown } from '../reading/remedies.ts';

/** Places of a template that nobody filled in. */
export const confPlaceholder = check({
  id: 'conf.placeholder',
  about: 'places of a template that were not filled in',
  levels: ['fail'],
  needs: ['configurations'],
  applies: ({ configurations }) => configurations.files.length > 0,
  find: ({ configurations: { files } }) => files.flatMap(placeholdersOf),
});

/** As templates of Windows' guides write them: <clusterCIDR>, {{ .PodCIDR }}, ${POD_CIDR}, $POD_CIDR, %POD_CIDR%, __POD_CIDR__. */
const placeholder =
  /<[A-Za-z][^<>"]*>|\{\{[^}"]*\}\}|\$\{\w+\}|\$[A-Z][A-Z0-9_]{2,}|%[A-Z][A-Z0-9_]+%|__[A-Z][A-Z0-9_]*__/;

/** The place of a template in a text that was not filled in. */
export function placeholderIn(text: string): string | undefined {
  return placeholder.exec(text)?.[0];
}

function placeholdersOf(file: ConfigurationFile): readonly Finding<'fail'>[] {
  const { inEffect: _, name, path, plugins, text = '' } = file;
  // A file that is no JSON may be so for its placeholders.
  const raw = plugins.length > 0 ? undefined : placeholderIn(text);
  const found = raw === undefined ? [] : [finding({ path }, name, raw)];
  return [
    ...found,
    ...plugins.flatMap((plugin) =>
      textsIn(plugin.written, '').flatMap(({ at, key, value }) => {
        const unfilled = placeholderIn(value) ?? emptyPrefix(key, value);
        return unfilled === undefined ? [] : [finding(plugin, placeOf(plugin, at), unfilled)];
      }),
    ),
  ];
}

function finding(
  { path }: { readonly path: string },
  place: string,
  unfilled: string,
): Finding<'fail'> {
  const what = unfilled === '' ? 'is empty' : `has ${shown(unfilled, 60)} in it`;
  return {
    level: 'fail',
    what: shown(`${place} ${what}: a template was not filled in`, 300),
    remedy: edit({ path }, 'write the value in its place'),
  };
}

/** Keys whose value is a block of addresses. */
const blockKeys = /^(?:destinationprefix|exceptions|exceptionlist)$/i;

/** A block of which the address, or all, is missing. */
function emptyPrefix(key: string, value: string): string | undefined {
  if (/^\s*\/\d{1,3}$/.test(value)) return value;
  return blockKeys.test(key) && value.trim() === '' ? '' : undefined;
}

interface Text {
  readonly at: string;
  /** The last key of the path. */
  readonly key: string;
  readonly value: string;
}

function textsIn(value: unknown, at: string, key = ''): readonly Text[] {
  if (typeof value === 'string') return [{ at, key, value }];
  if (Array.isArray(value)) {
    return value.flatMap((entry: unknown, index) => textsIn(entry, `${at}[${index}]`, key));
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) =>
    textsIn(entry, at === '' ? name : `${at}.${name}`, name),
  );
}
