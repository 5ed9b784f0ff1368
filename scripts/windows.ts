import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runSuite } from './suite.ts';
import { aroundNode } from './windows/around-node.ts';
import { openDryRun } from './windows/dry-run.ts';
import { executablesFolder, outFolder, settingOf } from './windows/setting.ts';

/**
 * `npm run test:windows`: a pod's life on this very node, a Windows one: by PowerShell and by HNS's libraries.
 * `npm run test:windows:dry`: the same tests against the simulator, on Linux, to try the tests themselves.
 */

const root = join(import.meta.dirname, '..');
const words = process.argv.slice(2);
const dry = words.includes('--dry');
const args = words.filter((word) => word !== '--dry');
// The parts that were named on the command line: they name what is written, too.
const label = args.filter((word) => !word.startsWith('-')).join('-') || 'all';

async function main(): Promise<number> {
  const suite = { name: 'The Windows suite', config: 'test/windows/vitest.config.ts', args };
  const missing = whatIsMissing();
  // Who asks for a node of Windows and has none must not take the answer for a success.
  if (missing !== undefined) return (await runSuite({ ...suite, missing, env: {} })) || 1;
  const dryRun = dry ? await openDryRun(root) : undefined;
  Object.assign(process.env, dryRun?.env);
  const setting = settingOf({ root, out: outFolder(root), label, dry: dryRun?.setting });
  try {
    return await aroundNode(setting, () =>
      runSuite({
        ...suite,
        missing: undefined,
        env: { WINCNI_WINDOWS_SETTING: JSON.stringify(setting) },
      }),
    );
  } finally {
    await dryRun?.close();
  }
}

function whatIsMissing(): string | undefined {
  const windows = process.platform === 'win32';
  if (dry && windows) return 'it is a dry run on Linux: without --dry it plays on this node';
  if (!dry && !windows)
    return 'it needs Windows (npm run test:windows:dry tries its own code here)';
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 26) return `it needs Node 26, which npm ci brings, and this is ${process.version}`;
  const folder = executablesFolder(root);
  return existsSync(join(folder, windows ? 'nat.exe' : 'nat'))
    ? undefined
    : `it needs the executables in ${folder}: npm run build on Linux makes them`;
}

process.exit(await main());
