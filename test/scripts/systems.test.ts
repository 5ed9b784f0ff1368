import { describe, expect, it } from 'vitest';
import { wantedSystems } from '../../scripts/systems.ts';

describe('what a build is asked for', () => {
  const linux = { platform: 'linux', arch: 'x64' };
  const windows = { platform: 'win32', arch: 'x64' };

  it.each([
    [undefined, linux, ['linux-x64', 'win32-x64']],
    ['own', linux, ['linux-x64']],
    ['own', windows, ['win32-x64']],
    ['win32-x64', linux, ['win32-x64']],
    ['linux-x64', { platform: 'darwin', arch: 'arm64' }, ['linux-x64']],
  ])('--only=%s on %o: %o', (only, machine, systems) => {
    expect(wantedSystems(only, machine)).toEqual(systems);
  });

  it.each([
    ['own', { platform: 'darwin', arch: 'arm64' }, /this is darwin-arm64, where none of them/],
    ['own', { platform: 'linux', arch: 'arm64' }, /this is linux-arm64, where none of them/],
    ['windows', linux, /--only=windows: expected own, linux-x64 or win32-x64/],
    ['', linux, /--only=: expected own/],
  ])('--only=%s on %o is refused', (only, machine, message) => {
    expect(() => wantedSystems(only, machine)).toThrow(message);
  });
});
