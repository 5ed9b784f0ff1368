import { dirname } from 'node:path';
import { exit, OperatorError } from '../exit.ts';
import type { FileFact } from '../facts/facts.ts';
import type { Operator } from '../operator.ts';
import { asFolder, type Installer } from './installer.ts';
import type { Manifest } from './manifest.ts';

/** The runtime's folders, as far as they are known. */
export interface RuntimeFolders {
  readonly bin: string;
  readonly configurations: readonly FileFact[];
}

/** Throws OperatorError where nobody says where plugins are. */
export function runtimeFolders(
  _operator: Operator,
  { layout }: Installer,
  manifest: Manifest,
  options: { readonly binDir?: string | undefined; readonly confDir?: string | undefined },
): RuntimeFolders {
  const bin =
    (options.binDir === undefined ? undefined : asFolder(options.binDir)) ??
    manifest.steps
      .flatMap(({ places }) => places.map(({ path }) => dirname(path)))
      .findLast((folder) => dirname(folder) !== layout.folder);
  if (bin === undefined) {
    throw new OperatorError(
      exit.usage,
      'where the runtime takes plugins from was not found: --bin-dir names the folder',
    );
  }
  return { bin, configurations: [] };
}
