import { readFileSync } from 'node:fs';
import { type Kind, loadCheck } from './powershell-rules.ts';

/** Parses our PowerShell scripts; says what is wrong with them, and exits 1. */

const folder = new URL('../', import.meta.url);
const scripts: Readonly<Record<string, Kind>> = {
  'hns-bridge/powershell/bootstrap.txt': { quiet: true, commandLine: true },
  'hns-bridge/powershell/session.ps1': { quiet: true, commandLine: false },
  'hns-bridge/powershell/native.ps1': { quiet: false, commandLine: false },
  'plugins/wincni/facts/powershell/windows-facts.ps1': {
    quiet: true,
    commandLine: false,
    words: 'facts',
  },
  'deploy/install.ps1': { quiet: true, commandLine: false, words: 'installing' },
};

const check = await loadCheck();
const problems = Object.entries(scripts).flatMap(([name, kind]) =>
  check(readFileSync(new URL(name, folder), 'utf8'), kind).map((text) => `${name}: ${text}`),
);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${Object.keys(scripts).length} PowerShell scripts parse and keep to the rules`);
