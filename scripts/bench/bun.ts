import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from '../node-bases.ts';

/** Bun, for `npm run bench` to compare a start-up with: nothing of ours is made of it. */
const version = '1.4.5';

const integrity =
  'sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==';

/** Its executable for Linux, from npm, or why it cannot be had. */
export function bun({
  build,
}: Places):
  | { readonly program: string; readonly version: string }
  | { readonly program: undefined; readonly missing: string } {
  const program = join(build, `bun-${version}`);
  if (existsSync(program)) return { program, version };
  const missing = (why: string) => ({ program: undefined, missing: why });
  const folder = join(build, 'bun');
  mkdirSync(folder, { recursive: true });
  const words = ['pack', `@oven/bun-linux-x64@${version}`, '--json', '--pack-destination', folder];
  const packed = spawnSync('npm', words, { encoding: 'utf8' });
  if (packed.status !== 0) return missing(`npm has no Bun ${version} here`);
  const [{ filename }] = JSON.parse(packed.stdout);
  const archive = join(folder, filename);
  const found = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (`sha512-${found}` !== integrity) return missing(`${filename} is not the one that was known`);
  const unpacked = spawnSync('tar', ['-xzf', archive, '-C', folder, 'package/bin/bun']);
  if (unpacked.status !== 0) return missing('its archive could not be unpacked');
  const inside = join(folder, 'package', 'bin', 'bun');
  if (spawnSync(inside, ['-e', '0']).status !== 0)
    return missing('Bun does not run on this machine');
  renameSync(inside, program);
  rmSync(folder, { recursive: true });
  return { program, version };
}
