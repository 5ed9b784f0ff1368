import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeParts } from '../../scripts/parts.ts';
import { quickFolder } from '../helpers/quick-folder.ts';
import { root } from '../helpers/trial-node.ts';

const entry = join(root, 'plugins', 'main.ts');
const hostLocal = 'ipam/host-local/plugin.ts';
const overlay = 'plugins/attach/plugin.ts';

/** The parts' names, and the text of each. */
async function partsOf(together?: readonly (readonly string[])[]) {
  const folder = quickFolder();
  await makeParts(entry, folder, together);
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
}

describe('the program in parts', () => {
  it('has those together that are needed together', async () => {
    const [apart, together] = [await partsOf([]), await partsOf([[hostLocal, overlay]])];
    expect(together.length).toBeLessThan(apart.length);
    const usual = await partsOf();
    expect(usual.length).toBeLessThan(together.length);
  });

  it.each([
    ['that is not there', 'ipam/host-local/renamed.ts'],
    ['that no command waits for', 'cni/address.ts'],
  ])('cannot begin one with a module %s', async (_, module) => {
    await expect(makeParts(entry, quickFolder(), [[hostLocal, module]])).rejects.toThrow(module);
  });
});
