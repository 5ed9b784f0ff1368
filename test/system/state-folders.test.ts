import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeStateFolder } from '../../system/state-folders.ts';
import type { Windows } from '../../system/windows.ts';
import { tempFolder } from '../cni/trial.ts';

/** A Windows that makes folders, or does not, and notes with which rights. */
function trialWindows(makes: boolean) {
  const made: string[] = [];
  const windows: Windows = {
    systemFolder: () => undefined,
    descriptorOf: () => undefined,
    makeFolder(path, descriptor) {
      made.push(`${path} ${descriptor}`);
      if (makes) mkdirSync(path);
      return makes;
    },
  };
  return { made, windows };
}

const fail = (): never => {
  throw new Error('dlsym: not found');
};

const rights = 'D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-3-4)';

it.each([true, false])(
  'a folder gets rights of its own, those above let users read (%s)',
  (makes) => {
    const base = tempFolder();
    const { made, windows } = trialWindows(makes);
    makeStateFolder(join(base, 'var', 'lib', 'net'), () => windows);
    expect(made).toEqual([
      `${join(base, 'var')} ${rights}(A;OICI;0x1200a9;;;BU)`,
      `${join(base, 'var', 'lib')} ${rights}(A;OICI;0x1200a9;;;BU)`,
      `${join(base, 'var', 'lib', 'net')} ${rights}`,
    ]);
    expect(statSync(join(base, 'var', 'lib', 'net')).isDirectory()).toBe(true);
  },
);

it('one that is there costs no question', () => {
  const base = tempFolder();
  makeStateFolder(base, () => {
    throw new Error('asked');
  });
});

it.each([
  ['is not there', () => undefined],
  ['does not load', () => fail()],
  ['lacks a function', () => ({ ...trialWindows(false).windows, makeFolder: fail })],
])('is made all the same where Windows %s', (_, windows) => {
  const folder = join(tempFolder(), 'a', 'b');
  makeStateFolder(folder, windows);
  expect(existsSync(folder)).toBe(true);
});

it('that cannot be made is the system’s error', () => {
  const file = join(tempFolder(), 'file');
  writeFileSync(file, '');
  expect(() => makeStateFolder(join(file, 'a'), () => undefined)).toThrow('ENOTDIR');
});
