import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { root } from '../helpers/trial-node.ts';

/** package.json has the version; who else writes one says the same. */

const image = /\bwincni:v(\d[\w.-]*)/g;
const archive = /\bwincni-(?:windows|linux)-amd64-v([\d.]+)\.(?:zip|tgz)/g;

it.each<[file: string, mentions: RegExp]>([
  ['deploy/kube-flannel-windows-vxlan.yml', image],
  ['deploy/kube-flannel-windows-host-gw.yml', image],
  ['deploy/Dockerfile', image],
  ['deploy/install.ps1', archive],
  ['docs/releasing.md', archive],
  ['docs/releasing.md', /\bwincni-v([\d.]+)\.cdx\.json/g],
  ['docs/try.md', archive],
  ['deploy/install.ps1', /-Version ([\d.]+)/g],
  ['deploy/install.ps1', /as in the archive's name: ([\d.]*\d)/g],
  ['docs/install.md', archive],
  ['docs/install.md', /-Version ([\d.]+)/g],
  ['docs/install.md', /\\wincni\\([\d.]+)\\wincni\.exe/g],
  ['docs/try.md', /\bwincni-linux-amd64-v([\d.]+)\.tgz/g],
  ['docs/try.md', /^wincni ([\d.]+)$/gm],
])('%s names this version where it says %s', (file, mentions) => {
  const text = readFileSync(join(root, file), 'utf8');
  const named = [...text.matchAll(mentions)].map(([, found]) => found);
  expect(new Set(named)).toEqual(new Set([manifest.version]));
});

it('is in the lock file', () => {
  expect([lock.version, lock.packages[''].version]).toEqual([manifest.version, manifest.version]);
});

it('is the newest in the changelog, below what is not released', () => {
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const headings = [...changelog.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(headings.slice(0, 2)).toEqual([
    'Unreleased',
    expect.stringMatching(
      new RegExp(`^${manifest.version.replaceAll('.', '\\.')} - \\d{4}-\\d\\d-\\d\\d$`),
    ),
  ]);
});
