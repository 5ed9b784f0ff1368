import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pluginNames } from '../../plugins/registry.ts';
import { makeFiles } from '../../scripts/release/files.ts';
import { root } from '../helpers/trial-node.ts';

/** A release of small executables in a folder, made as `npm run release` makes one. Gives where it is. */
export async function smallRelease(folder: string): Promise<string> {
  const time = { epoch: 1_700_000_000 };
  const sources = {
    root,
    version: '9.8.7',
    windows: executables(join(folder, 'win32-x64'), '.exe'),
    linux: executables(join(folder, 'linux-x64'), ''),
    sbom: '{}\n',
  };
  const release = join(folder, 'release');
  mkdirSync(release);
  await makeFiles(sources, release, time);
  return release;
}

function executables(folder: string, suffix: string): string {
  mkdirSync(folder);
  const first = join(folder, `wincni${suffix}`);
  writeFileSync(first, `the executable${suffix}`);
  for (const name of pluginNames) linkSync(first, join(folder, name + suffix));
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'notices\n');
  return folder;
}
