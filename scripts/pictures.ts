import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawNetwork } from './pictures/draw-network.ts';
import { networkPictures } from './pictures/networks.ts';

/** `npm run docs:pictures`: draws the pictures of docs/networks anew; a test compares them. */

const folder = join(import.meta.dirname, '..', 'docs', 'networks');
await mkdir(folder, { recursive: true });
for (const picture of networkPictures) {
  await writeFile(join(folder, `${picture.file}.svg`), drawNetwork(picture));
}
