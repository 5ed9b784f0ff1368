import { expect, test } from 'vitest';
import { locatePowerShell } from '../../../../hns-bridge/powershell/locate.ts';
import { startSession, usualDeadlines } from '../../../../hns-bridge/powershell/session.ts';
import { factsScript } from '../../../../plugins/wincni/facts/powershell/scripts.ts';
import { partNames } from '../../../../plugins/wincni/facts/windows-answers.ts';
import { loadCheck } from '../../../../scripts/powershell-rules.ts';
import { nodeHost } from '../../../../system/node-host.ts';
import { findPwsh } from '../../../hns-bridge/powershell/find-pwsh.ts';

const check = await loadCheck();
const kind = { quiet: true, commandLine: false, words: 'facts' } as const;

test('the script of facts parses and keeps to the rules', () => {
  expect(check(factsScript, kind)).toEqual([]);
});

test.each([
  'Set-Service hns',
  'Restart-Service hns',
  'Get-NetAdapter',
  'Get-CimInstance Win32_Service',
  'CimCmdlets\\Set-CimInstance $a',
  'Remove-Item $a',
])('the rules find what changes something, or loads a module, in %s', (text) => {
  expect(check(text, kind)).not.toEqual([]);
});

test('what the script of facts may ask, no other script may', () => {
  expect(check('CimCmdlets\\Get-CimInstance $a', { ...kind, words: 'hns' })).not.toEqual([]);
});

test('the script has each part that is asked for', () => {
  const there = [...factsScript.matchAll(/^\$parts\['(\w+)'\] = \{$/gm)].map(([, name]) => name);
  expect(new Set(there)).toEqual(new Set(partNames));
});

const pwsh = findPwsh();
if (pwsh === undefined) {
  console.warn(
    '\n*** The script of facts was NOT run in a real PowerShell: no pwsh on the PATH, and no WINCNI_TEST_PWSH. ***\n',
  );
}

test.runIf(pwsh !== undefined)('in a real PowerShell each part answers a document', async () => {
  const launch = locatePowerShell({ ...process.env, WINCNI_POWERSHELL: pwsh }, 'linux');
  const session = startSession(launch, {
    ...nodeHost(process),
    log: () => undefined,
    deadlines: usualDeadlines,
  });
  try {
    await session.call('load', 'load', factsScript);
    for (const part of partNames) {
      // Elsewhere than on Windows most have nothing to ask: they say so.
      const answer: unknown = JSON.parse(await session.call(part, 'facts', part));
      expect([part, Object.keys(Object(answer)).sort()]).toEqual([
        part,
        part === 'powershell' ? ['value'] : expect.anything(),
      ]);
    }
    await expect(session.call('x', 'facts', 'x')).rejects.toThrow('no part x');
  } finally {
    await session.close();
  }
});
