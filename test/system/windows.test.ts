import { expect, it } from 'vitest';
import type { Ffi } from '../../system/ffi.ts';
import { windowsBy } from '../../system/windows.ts';

it('no library is looked for in the root of the drive where Windows does not name its folder', () => {
  const loaded: string[] = [];
  const mute: Ffi = {
    loadLibrary(path) {
      loaded.push(path);
      return { call: () => 0, find: () => 0n, close: () => {} };
    },
    copyOf: () => Buffer.alloc(0),
    addressOf: () => 0n,
  };
  const { descriptorOf, makeFolder } = windowsBy(mute);
  expect(() => makeFolder('C:\\leases', 'D:P')).toThrow('where its libraries are');
  expect(() => descriptorOf('C:\\leases')).toThrow('where its libraries are');
  expect(loaded).toEqual(['kernel32.dll']);
});
