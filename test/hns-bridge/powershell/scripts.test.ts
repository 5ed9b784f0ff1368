import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bootstrap, nativeScript, sessionScript } from '../../../hns-bridge/powershell/scripts.ts';
import { loadCheck } from '../../../scripts/powershell-rules.ts';

const check = await loadCheck();
const script = { quiet: false, commandLine: false };

describe('the scripts of the session', () => {
  test.each([
    ['bootstrap.txt', bootstrap, { quiet: true, commandLine: true }],
    ['session.ps1', sessionScript, { quiet: true, commandLine: false }],
    ['native.ps1', nativeScript, script],
  ])('%s parses and keeps to the rules', (name, text, kind) => {
    expect(check(text, kind)).toEqual([]);
    const file = new URL(`../../../hns-bridge/powershell/${name}`, import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('the rules for them', () => {
  test.each([
    ['what does not parse', 'if ('],
    ['a ternary', '$a = $b ? 1 : 2'],
    ['null coalescing', '$a = $b ?? 1'],
    ['a null-conditional member', `\${a}?.b`],
    ['a pipeline chain', 'Format-HnsError $a && Format-HnsError $b'],
    ['a background pipeline', 'Format-HnsError $a &'],
    ['a clean block', 'function f { begin {} clean {} }'],
    ['a compiler', 'Add-Type -TypeDefinition $code'],
    ['evaluated text', 'Invoke-Expression $text'],
    ['its alias', 'iex $text'],
    ['evaluated text inside a string', '"$(iex $text)"'],
    ['parsed JSON', '$o = $text | ConvertFrom-Json'],
    ['written JSON', '$o | ConvertTo-Json'],
    ['a process', 'Start-Process cmd'],
    ['a cmdlet without its module', '$a = New-Object Text.StringBuilder'],
    ['$input', '$a = $input'],
    ['$input in a string', `"a \${input}"`],
    ['a splatted $input', 'Format-HnsError @input'],
    ['the console encoding', '[Console]::OutputEncoding = $utf8'],
    ['the console encoding, spaced', '[System.Console] :: InputEncoding = $utf8'],
    ['a line to the console', '[Console]::WriteLine(1)'],
    ['other characters than ASCII', '$a = "é"'],
    ['CR', '$a = 1\r\n'],
  ])('find %s', (_, text) => {
    expect(check(text, script)).not.toEqual([]);
  });

  test.each(['[IntPtr]::Zero', '# Marshal', '$t = [Type]', '$b = DefinePInvokeMethod'])(
    'find %s in a script that must not be logged',
    (text) => {
      expect(check(text, { quiet: true, commandLine: false })).not.toEqual([]);
    },
  );

  test.each(['$a = "b"', '$a | Format-HnsError', '& $a', '$a = 5 % 2', '$a\n$b'])(
    'find what a command line could change in %s',
    (text) => {
      expect(check(text, script)).toEqual([]);
      expect(check(text, { quiet: true, commandLine: true })).not.toEqual([]);
    },
  );
});
