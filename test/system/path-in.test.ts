import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathIn } from '../../system/path-in.ts';

describe('the path of a name in a folder', () => {
  it.each([
    [normalize('/'), 'name'],
    [normalize('/var/lib/cni/networks/cbr0'), '10.244.1.2'],
    [normalize('/var/lib/cni/networks/'), '.claims'],
    [dirname(normalize('/file')), '.wincni-1-t1-file'],
  ])('of %j and %j is what join makes of them', (folder, name) => {
    expect(pathIn(folder, name)).toBe(join(folder, name));
  });
});
