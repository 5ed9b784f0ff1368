import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { loadCheck } from '../../scripts/powershell-rules.ts';
import { root } from '../helpers/trial-node.ts';

/** No PowerShell is here to run install.ps1: it is parsed, and walked by rules. */

const check = await loadCheck();
const text = readFileSync(join(root, 'deploy', 'install.ps1'), 'utf8');
const kind = { quiet: true, commandLine: false, words: 'installing' } as const;

describe('install.ps1', () => {
  it('parses and keeps to the rules', () => {
    expect(check(text, kind)).toEqual([]);
  });

  it('describes each parameter that it has', () => {
    const described = [...text.matchAll(/^\.PARAMETER (\w+)$/gm)].map(([, name]) => name);
    const block = /^param\(\n([\s\S]*?)^\)/m.exec(text)?.[1] ?? '';
    const declared = [...block.matchAll(/\]\$(\w+),?$/gm)].map(([, name]) => name);
    expect(declared).toEqual(described);
    expect(new Set(declared)).toEqual(
      new Set(['Version', 'ArchivePath', 'From', 'Sha256', 'BinDir', 'Names']),
    );
  });

  it('asks before it installs, and with -WhatIf has the program say what it would do', () => {
    expect(text).toContain('SupportsShouldProcess = $true');
    expect(text).toContain('$PSCmdlet.ShouldProcess(');
    expect(text).toContain(
      "if ($dryRun) { $arguments += '--dry-run' } else { $arguments += '--yes' }",
    );
  });

  it('adds a version of TLS only where Windows was not left the choice (.NET: SystemDefault is 0)', () => {
    const setting = /^( *)if \(\[int\]\$tls -ne 0\) \{\n.*SecurityProtocol = .*\n\1\}$/m;
    expect(text.match(setting)).not.toBeNull();
    expect(text.match(/::SecurityProtocol = /g)).toHaveLength(1);
  });

  it.each([
    ['Version', "[ValidatePattern('\\A\\d+\\.\\d+\\.\\d+\\z')][string]"],
    ['From', `[ValidatePattern('\\Ahttps://[^\\s"]+\\z')][string]`],
    ['Sha256', "[ValidatePattern('\\A[0-9A-Fa-f]{64}\\z')][string]"],
    ['BinDir', `[ValidatePattern('\\A[^"]+\\z')][string]`],
    ['Names', "[ValidatePattern('\\A[a-z-]+(,[a-z-]+)*\\z')][string[]]"],
  ])('takes no -%s but one of its kind', (name, declared) => {
    const line = text.split('\n').find((each) => each.replace(/,$/, '').endsWith(`]$${name}`));
    expect(line).toContain(`${declared}$${name}`);
  });

  it('needs an administrator and 64 bits, before it does anything', () => {
    const before = text.slice(0, text.indexOf('New-Item '));
    expect(before).toMatch(/^if \(-not \$account\.IsInRole\(.*::Administrator\)\) \{\n {4}throw /m);
    expect(before).toMatch(/^if \(-not \[Environment\]::Is64BitProcess\) \{\n {4}throw /m);
    expect(before).toContain("$ErrorActionPreference = 'Stop'\n");
  });

  it('fails where the program failed, and takes away what it unpacked whatever happened', () => {
    expect(text).toMatch(/& \$program @arguments\n {4}\$code = \$LASTEXITCODE\n/);
    expect(text).toMatch(/^ {4}if \(\$code -ne 0\) \{ throw /m);
    expect(text).toMatch(/^finally \{\n {4}Remove-Item -LiteralPath \$work -Recurse -Force /m);
  });

  it('starts the program after its archive was compared, and not before', () => {
    const order = ['-ne $wanted', 'Expand-Archive', '& $program'].map((part) => text.indexOf(part));
    expect(order).toEqual([...order].sort((one, other) => one - other));
    expect(order[0]).toBeGreaterThan(0);
  });
});

describe('the rules for it', () => {
  test.each([
    ['text that is evaluated', 'Invoke-Expression $text'],
    ['its alias', 'iex $text'],
    ['text that is evaluated by the engine', '$ExecutionContext.InvokeCommand.InvokeScript($text)'],
    ['text made a script', '[scriptblock]::Create($text)'],
    ['another program', '& $archive'],
    ['a program by its path', '& "$work\\other.exe"'],
    ['a block', '& { Get-Item -LiteralPath $a }'],
    ['another script', '. .\\other.ps1'],
    ['a process', 'Start-Process -FilePath $program'],
    ['a service', 'Restart-Service -Name containerd'],
    ['the execution policy', 'Set-ExecutionPolicy -ExecutionPolicy Unrestricted'],
    ['a compiler', 'Add-Type -AssemblyName System.IO.Compression'],
    ['an assembly', '[Reflection.Assembly]::LoadFile($a)'],
    ['an object of any kind', '$a = New-Object -TypeName Net.WebClient'],
    [
      'a certificate that is not looked at',
      '[Net.ServicePointManager]::ServerCertificateValidationCallback = { $true }',
    ],
    ['the registry by .NET', "[Microsoft.Win32.Registry]::SetValue('a', 'b', 1)"],
    ['a path that is a pattern', 'Remove-Item -Path $work -Recurse'],
    ['a path without its name', 'Copy-Item $a $b'],
    ['errors that do not end it', 'Expand-Archive -LiteralPath $a -DestinationPath $b'],
    ['Internet Explorer', 'Invoke-WebRequest -Uri $a -OutFile $b'],
    ['an older hash', 'Get-FileHash -LiteralPath $a'],
    ['an alias', 'curl $a'],
    ['a ternary', '$a = $b ? 1 : 2'],
    ['other characters than ASCII', '$a = "\u2013"'],
    ['CR', '$a = 1\r\n'],
  ])('find %s', (_, line) => {
    expect(check(line, kind)).not.toEqual([]);
    expect(check(`${text}\n${line}\n`, kind)).not.toEqual([]);
  });

  test.each([
    ['New-Item -ItemType Directory -Path $a | Out-Null'],
    ['Remove-Item -LiteralPath $a -Recurse -Force'],
    ['[Net.ServicePointManager]::SecurityProtocol = $a'],
    ['& $program @arguments'],
  ])('let %s be', (line) => {
    expect(check(line, kind)).toEqual([]);
  });

  it('are for it alone', () => {
    expect(check('Get-Item -LiteralPath $a', { ...kind, words: 'hns' })).not.toEqual([]);
    expect(check('[IO.File]::Delete($a)', kind)).not.toEqual([]);
  });
});

describe('the rules for what the DaemonSets start', () => {
  const placing = { quiet: false, commandLine: true, words: 'placing' } as const;

  test.each([
    ['a cmdlet', "Remove-Item -LiteralPath 'C:\\a'"],
    ['a program', '& $a'],
    ['another type', "[Diagnostics.Process]::Start('a')"],
    ['a pipe', '$a | Out-Null'],
    ['a double quote', '$a = "b"'],
    ['a line break', '$a = 1\n$b = 2'],
  ])('find %s', (_, line) => {
    expect(check(line, placing)).not.toEqual([]);
  });
});
