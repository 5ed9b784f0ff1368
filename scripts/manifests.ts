import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifest, manifestName } from './manifests/manifest.ts';
import { flannelNetworks } from './manifests/networks.ts';

/** `npm run manifests`: writes the DaemonSets for Windows nodes, in deploy/. */

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
for (const network of flannelNetworks) {
  const name = manifestName(network);
  writeFileSync(join(root, 'deploy', name), manifest(network, version));
  console.log(`deploy/${name}`);
}
