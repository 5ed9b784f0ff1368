import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takenOut } from '../../scripts/node-hardening.ts';

/**
 * Environments that change what Node or its libraries do, each with a value that would be seen: every
 * variable that Node documents (cli.md, `node --help`) or asks for as it starts (`node --trace-env`).
 */

type Environment = Readonly<Record<string, string>>;

/** What stands in the place of the folder with the baits. */
const bait = '<bait>';

const one = (name: string, ...values: readonly string[]): Environment[] =>
  values.map((value) => ({ [name]: value }));

/** Those that end a Node as it is, or make it say, write or load something. */
const harmful: readonly Environment[] = [
  ...one('NODE_DEBUG', '*', 'module,fs,child_process'),
  ...one('NODE_DEBUG_NATIVE', '*', 'MKSNAPSHOT,CODE_CACHE,SEA,COMPILE_CACHE'),
  ...one('NODE_CHANNEL_FD', '0', '3', '99', '-1', 'x'),
  { NODE_CHANNEL_FD: '0', NODE_CHANNEL_SERIALIZATION_MODE: 'advanced' },
  { NODE_CHANNEL_FD: '0', NODE_CHANNEL_SERIALIZATION_MODE: 'none' },
  { NODE_CHANNEL_FD: '3', NODE_UNIQUE_ID: '1' },
  ...one('NODE_REPL_EXTERNAL_MODULE', `${bait}/evil.js`),
  { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:1', HTTPS_PROXY: 'no URL' },
  { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'socks5://x', NO_PROXY: '*' },
  ...one('NODE_V8_COVERAGE', `${bait}/coverage`),
  ...one('OPENSSL_CONF', `${bait}/openssl.cnf`, `${bait}/evil.js`, '/nonexistent'),
];

/** Those that the executables are deaf to as Node is, or as it is packed. */
const harmless: readonly Environment[] = [
  ...one('NODE_OPTIONS', `--require=${bait}/evil.js`, '--inspect-brk', '--no-such-option'),
  ...one('NODE_COMPILE_CACHE', `${bait}/cache`),
  ...one('NODE_COMPILE_CACHE_PORTABLE', '1'),
  ...one('NODE_DISABLE_COMPILE_CACHE', '1'),
  ...one('NODE_DISABLE_COLORS', '1'),
  ...one('NODE_EXTRA_CA_CERTS', '/nonexistent', `${bait}/evil.js`),
  ...one('NODE_ICU_DATA', '/nonexistent', bait),
  ...one('NODE_NO_WARNINGS', '1'),
  ...one('NODE_PATH', bait),
  ...one('NODE_PENDING_DEPRECATION', '1'),
  ...one('NODE_PENDING_PIPE_INSTANCES', '99999', 'x'),
  ...one('NODE_PRESERVE_SYMLINKS', '1'),
  ...one('NODE_PRESERVE_SYMLINKS_MAIN', '1'),
  ...one('NODE_REDIRECT_WARNINGS', `${bait}/warnings`),
  ...one('NODE_REPL_HISTORY', `${bait}/history`),
  ...one('NODE_SKIP_PLATFORM_CHECK', '1'),
  ...one('NODE_TEST_CONTEXT', 'child', 'child-v8'),
  ...one('NODE_TEST_WORKER_ID', '1'),
  ...one('NODE_TLS_REJECT_UNAUTHORIZED', '0'),
  ...one('NODE_USE_SYSTEM_CA', '1'),
  ...one('NODE_CLUSTER_SCHED_POLICY', 'none'),
  ...one('NODE_INSPECT_RESUME_ON_START', '1'),
  ...one('WATCH_REPORT_DEPENDENCIES', '1'),
  ...one('FORCE_COLOR', '3'),
  ...one('NO_COLOR', '1'),
  ...one('OPENSSL_MODULES', bait),
  ...one('OPENSSL_ENGINES', bait),
  ...one('OPENSSL_CONF_INCLUDE', bait),
  ...one('OPENSSL_ia32cap', '0'),
  ...one('SSL_CERT_FILE', '/nonexistent'),
  ...one('SSL_CERT_DIR', '/nonexistent'),
  ...one('SSLKEYLOGFILE', `${bait}/keys`),
  ...one('UV_THREADPOOL_SIZE', '0', '1', '99999', 'x'),
  ...one('UV_USE_IO_URING', '0', '1'),
  ...one('TZ', 'Asia/Tokyo', '../../../etc/passwd', 'Nowhere/None'),
  ...one('ICU_TIMEZONE_FILES_DIR', bait),
  ...one('LANG', 'tr_TR.UTF-8', 'xx'),
  ...one('LC_ALL', 'tr_TR.UTF-8'),
  ...one('HOME', '/nonexistent'),
  ...one('TMPDIR', '/nonexistent'),
  ...one('PATH', '', bait),
];

/** Those of Windows itself. What it starts PowerShell and its libraries from is asked of Windows. */
const ofWindows: readonly Environment[] = [
  ...one('SystemRoot', bait, '\\\\server\\share'),
  ...one('windir', bait),
  ...one('SystemDrive', 'Q:'),
  ...one('ComSpec', `${bait}/evil.js`),
  ...one('PATHEXT', '.JS'),
  ...one('PSModulePath', bait),
  ...one('TEMP', '/nonexistent'),
  ...one('TMP', bait),
  ...one('USERPROFILE', '/nonexistent'),
  ...one('APPDATA', bait),
  ...one('PROCESSOR_ARCHITEW6432', 'AMD64'),
  ...one('NUMBER_OF_PROCESSORS', '0'),
  ...one('__COMPAT_LAYER', 'RunAsInvoker'),
];

/** Rows of a table of tests: what a title shows, and how the environment is made for a folder of baits. */
export type HostileRow = readonly [title: string, make: (folder: string) => Environment];

const rowsOf = (all: readonly Environment[]): HostileRow[] =>
  all.map((each) => [
    Object.entries(each)
      .map((pair) => pair.join('='))
      .join(' '),
    (folder) =>
      Object.fromEntries(
        Object.entries(each).map(([name, value]) => [name, value.replaceAll(bait, folder)]),
      ),
  ]);

export const hostileRows = rowsOf([...harmful, ...harmless]);
/** What is worth its time under Wine: what a Node as it is would suffer from, and Windows' own. */
export const hostileWindowsRows = rowsOf([...harmful, ...harmless.slice(0, 3), ...ofWindows]);

const named = [...harmful, ...harmless].flatMap((each) => Object.keys(each));

/** The variables of these that no row sets. */
export function notTried(names: readonly string[]): readonly string[] {
  return names.filter((name) => !named.includes(name));
}

/** Those that are taken out of the executables (scripts/node-hardening.ts), and that no row sets. */
export const takenOutUntried = notTried(takenOut);

/** A folder with what must not be read, loaded or run: each would say so on stderr. */
export function layBait(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'evil.js'), "require('node:fs').writeSync(2, 'EVIL\\n');\n");
  const section = ['[x]', 'engines = e', '[e]', 'f = g', '[g]', 'engine_id = f', 'init = 1'];
  const library = `dynamic_path = ${join(folder, 'evil.so')}`;
  const lines = ['nodejs_conf = x', 'openssl_conf = x', ...section, library];
  writeFileSync(join(folder, 'openssl.cnf'), `${lines.join('\n')}\n`);
}

/** Every file below a folder. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
