import { expect, it } from 'vitest';
import type { Files } from '../../../system/host.ts';
import { bridge, docker, flannelOverlay, overlay } from '../../crash/chains.ts';
import { emptyWorld, playOf, type Setting } from '../../interleavings/node.ts';
import { runAlone } from '../../interleavings/program.ts';

const isLease = (path: string) => /\/networks\/[^/]+\/\d+(?:\.\d+){3}$/.test(path);

/** A file system on which a lease is gone as soon as it is looked at: a DEL or a GC gave it back. */
function overtaking(files: Files): Files {
  return {
    ...files,
    read(path) {
      if (isLease(path)) files.remove(path);
      return files.read(path);
    },
  };
}

it.each([bridge, overlay, docker, flannelOverlay])(
  'an ADD of $name whose lease was given back meanwhile undoes what it did, and says 11',
  async (chain) => {
    const setting: Setting = { chain, mutate: overtaking };
    const before = emptyWorld(setting);
    const play = playOf(setting, { command: 'ADD', pod: 'pod1' });
    const { outcome, world } = await runAlone({ name: 'ADD', pid: 7, play }, before);
    expect(outcome).toMatchObject({
      exitCode: 1,
      document: { code: 11, msg: expect.stringMatching(/^the lease of [\d.]+ was given back/) },
    });
    expect(world.hns.endpoints).toEqual(before.hns.endpoints);
    expect([...world.disk.files.keys()].filter(isLease)).toEqual([]);
  },
);
