import { readFileSync } from 'node:fs';
import { type Kind, loadCheck } from './powershell-rules.ts';

/** Parses the scripts of hns-bridge/powershell; says what is wrong with them, and exits 1. */

const folder = new URL('../hns-bridge/powershell/', import.meta.url);
const scripts: Readonly<Record<string, Kind>> = {
  'bootstrap.txt': { quiet: true, commandLine: true },
  'session.ps1': { quiet: true, commandLine: false },
  'native.ps1': { quiet: false, commandLine: false },
};

const check = await loadCheck();
const problems = Object.entries(scripts).flatMap(([name, kind]) =>
  check(readFileSync(new URL(name, folder), 'utf8'), kind).map((text) => `${name}: ${text}`),
);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${Object.keys(scripts).length} PowerShell scripts parse and keep to the rules`);
