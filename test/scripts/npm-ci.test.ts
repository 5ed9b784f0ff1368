import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { subset } from 'semver';
import { describe, expect, it } from 'vitest';
import { root } from '../helpers/trial-node.ts';

/** What `npm ci` does beside unpacking: it runs nothing of a package's, and has nothing to warn of. */

interface Locked {
  readonly engines?: { readonly node?: string };
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
  readonly deprecated?: string;
}

interface Manifest {
  readonly engines: { readonly node: string };
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

const text = (name: string) => readFileSync(join(root, name), 'utf8');
const manifest: Manifest = JSON.parse(text('package.json'));
const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  text('package-lock.json'),
);
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');

describe('what a package would run as it is installed', () => {
  const wishes = packages.filter(([, { hasInstallScript }]) => hasInstallScript);

  it('is refused, by name where npm asks for it', () => {
    const names = wishes.map(([path]) => nameOf(path));
    expect(names).not.toEqual([]);
    expect(manifest.allowScripts).toEqual(Object.fromEntries(names.map((name) => [name, false])));
  });

  it('is refused altogether, for an npm that does not know of allowScripts', () => {
    expect(text('.npmrc').split('\n')).toContain('ignore-scripts=true');
  });
});

describe('the versions of Node that package.json names', () => {
  it('are good for each package: npm warns of one that wants another', () => {
    // npm leaves one that may be missing out, and says nothing.
    const needed = packages.filter(([, { optional }]) => !optional);
    expect(needed.length).toBeGreaterThan(100);
    const others = needed.flatMap(([path, { engines }]) =>
      engines?.node === undefined || subset(manifest.engines.node, engines.node)
        ? []
        : [`${nameOf(path)}: ${engines.node}`],
    );
    expect(others).toEqual([]);
  });

  it.each(['README.md', 'CONTRIBUTING.md', 'docs/install.md'])(
    'are those that %s names',
    (file) => {
      expect(manifest.engines.node).toBe('^22.12.0 || ^24.0.0 || >=26.0.0');
      expect(text(file)).toContain('Node 22 (from 22.12 on), 24 or 26');
    },
  );
});

it('no package is deprecated: npm says that of each', () => {
  expect(packages.filter(([, { deprecated }]) => deprecated !== undefined)).toEqual([]);
});
