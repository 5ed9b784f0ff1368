import type { Fault } from '../fixtures/powershell/faults.ts';

/** What a PowerShell may do wrong while a pod is added. */

const refuse = (code: string, hresult: string, message: string): Fault => ({
  at: 1,
  do: 'refuse',
  code,
  hresult,
  message,
  detail: '',
});

/** What PowerShell does, the code of the error, and words of its message and its details. */
export const faults: readonly [string, readonly Fault[], number, string, string][] = [
  ['ends at once', [{ at: 'start', do: 'exit', code: 7 }], 102, 'exit code 7', 'endpoint'],
  [
    'is in constrained language mode',
    [{ at: 'start', do: 'language-mode' }],
    102,
    'ConstrainedLanguage',
    'application control policy',
  ],
  [
    'crashes in the middle of an answer',
    [
      { at: 3, do: 'answer', payload: 'a long answer' },
      { at: 3, do: 'half', code: 255 },
    ],
    102,
    'exit code 255',
    'done all the same',
  ],
  ['says what nobody asked', [{ at: 1, do: 'print', text: 'Hi\n' }], 102, 'something', 'interfer'],
  ['answers no JSON', [{ at: 1, do: 'answer', payload: '<html>' }], 101, 'no JSON', '<html>'],
  [
    'complains, and ends',
    [
      { at: 'ready', do: 'complain', text: 'so it is' },
      { at: 1, do: 'exit', code: 1 },
    ],
    102,
    'exit code 1',
    'so it is',
  ],
  [
    'knows no HNS: the Containers feature is off',
    [refuse('no-hns', '0x80040154', 'Class not registered')],
    102,
    'Class not registered',
    'Enable-WindowsOptionalFeature',
  ],
  [
    'may not: it is no administrator',
    [refuse('com', '0x80070005', 'Access is denied')],
    102,
    'denied',
    'administrator',
  ],
  [
    'finds HNS stopped',
    [refuse('com', '0x80080005', 'Server execution failed')],
    11,
    'HNS did not start',
    'Start-Service hns',
  ],
];
