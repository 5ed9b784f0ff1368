import type { Setting } from '../../scripts/windows/setting.ts';

/** What scripts/windows.ts has told this run. Throws where the tests were started without it. */
export function setting(): Setting {
  const text = process.env['WINCNI_WINDOWS_SETTING'] ?? '';
  if (text === '') throw new Error('start these tests by npm run test:windows');
  return JSON.parse(text);
}
