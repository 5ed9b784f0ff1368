import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, chainAdd, overlayNode, version } from './bench-commands.ts';
import { buildLibraries, installLibraries, missingCompiler, simulatorEnv } from './hns-dlls.ts';
import type { Places } from './node-bases.ts';
import { compare, printed, type Timed } from './timing.ts';
import { isInPath, referenceHostLocal, referencePlugins } from './tools.ts';
import { openWinePrefix, type WinePrefix } from './wine-prefix.ts';

/** The part of `npm run bench` for the Windows executables: all that is compared are copies (wine-copy.ts). */

const root = join(import.meta.dirname, '..');
const places: Places = { root, build: join(root, 'build') };

/** How figures are taken and printed. */
export interface Bench {
  readonly rounds: number;
  /** Prints a figure: what it is of, the ratio, its budget. */
  readonly row: (what: string, figure: string, budget: string) => void;
  readonly say: (text: string) => void;
}

/** What is timed under Wine, and where. */
interface Timing extends Bench {
  readonly prefix: WinePrefix;
  /** In drive C; empty. */
  readonly folder: string;
}

/** Prints the figures under Wine. */
export async function benchUnderWine(bench: Bench): Promise<void> {
  if (!isInPath('wine')) {
    bench.say('*** Under Wine: NOT MEASURED, there is no Wine');
    return;
  }
  const prefix = await openWinePrefix(places);
  const folder = join(prefix.driveC, 'bench');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const timing = { ...bench, prefix, folder };
  bench.say('');
  bench.row('Under Wine', 'ratio (middle half)', 'budget');
  againstNode(timing);
  againstHostLocal(timing);
  await native(timing);
  rmSync(folder, { recursive: true, force: true });
  prefix.end();
}

const exe = ({ executables }: WinePrefix, name: string) => join(executables, `${name}.exe`);

/** A command as Wine runs it: paths in drive C are Windows' there. */
function wine({ driveC, env }: WinePrefix, timed: Timed): Timed {
  const windows = (path: string) => path.replace(driveC, 'C:').replaceAll('/', '\\');
  const texts = (text: string) =>
    JSON.stringify(JSON.parse(text), (_, value: unknown) =>
      typeof value === 'string' && value.startsWith(driveC) ? windows(value) : value,
    );
  const translated = Object.entries(timed.env ?? {}).map(([key, value]) => [
    key,
    value.startsWith(driveC) ? windows(value) : value,
  ]);
  return {
    file: 'wine',
    args: [timed.file, ...(timed.args ?? [])],
    cwd: driveC,
    env: { ...Object.fromEntries(translated), ...env },
    ...(timed.stdin ? { stdin: texts(timed.stdin) } : {}),
  };
}

function againstNode({ folder, prefix, rounds, row }: Timing): void {
  const bare = () => wine(prefix, { file: prefix.node, args: ['-e', '0'] });
  const start = compare(rounds, () => wine(prefix, version(exe(prefix, 'flannel'))), bare);
  row('start-up (VERSION) : bare Node', printed(start), 'at most 1.10');
  const add = (round: number) => {
    const node = overlayNode(join(folder, `simulated-${round}`), '');
    return wine(prefix, { ...chainAdd(node, folder), file: exe(prefix, 'flannel') });
  };
  const chain = printed(compare(rounds, add, bare));
  row('flannel -> win-overlay -> host-local, ADD : bare Node', chain, '');
}

function againstHostLocal({ folder, prefix, rounds, row, say }: Timing): void {
  const reference = prefix.goProgram(referenceHostLocal);
  if (!reference) {
    say('*** Against the reference: NOT MEASURED, for want of Go or gcc-mingw-w64-x86-64');
    return;
  }
  const leases = compare(
    rounds,
    (round) => wine(prefix, addressOf(exe(prefix, 'host-local'), join(folder, 'ours'), round)),
    (round) => wine(prefix, addressOf(reference, join(folder, 'theirs'), round)),
  );
  row(
    'host-local ADD : reference host-local v1.9.1',
    printed(leases),
    'none: Node starts slower than Go',
  );
}

/** HNS by its own libraries, which are the simulator's: ours, and the reference on the same ones. */
async function native({ folder, prefix, rounds, row, say }: Timing): Promise<void> {
  const stand = join(root, 'scripts', 'flannel-stand-in', 'main.go');
  const go = [
    prefix.ownGoProgram('flannel', stand),
    prefix.goProgram(referencePlugins['win-overlay']),
    prefix.goProgram(referenceHostLocal),
  ];
  const [flannel, overlay] = go;
  if (missingCompiler('windows') !== undefined || !flannel || !overlay || go.includes(undefined)) {
    say('*** HNS by its libraries: NOT MEASURED, for want of Go or gcc-mingw-w64-x86-64');
    return;
  }
  installLibraries(buildLibraries(places, 'windows'), join(prefix.driveC, 'windows', 'system32'));
  const { end, port } = await simulator();
  const theirs = join(flannel, '..');
  /** ADD on a node of its own, which takes two exception lists as the reference makes them. */
  const add = (file: string, cniPath: string, name: string, direct = false) => {
    const node = overlayNode(join(folder, name), '');
    const state = join(node.hnsFolder, 'hns.json');
    const rules = { secondExceptionList: 'kept' };
    writeFileSync(state, JSON.stringify({ ...JSON.parse(readFileSync(state, 'utf8')), rules }));
    const chain = chainAdd(node, cniPath);
    const { env, ...timed } = wine(prefix, {
      ...chain,
      file,
      ...(direct ? { stdin: delegates(chain.stdin ?? '') } : {}),
    });
    const hns = { WINCNI_HNS: 'native', ...simulatorEnv(port, node.hnsFolder) };
    const path = { CNI_PATH: `Z:${cniPath.replaceAll('/', '\\')}` };
    return { ...timed, env: { ...env, ...hns, ...path } };
  };
  const ours = (name: string) => add(exe(prefix, 'flannel'), prefix.executables, name);
  const three = compare(
    rounds,
    (round) => ours(`native-${round}`),
    (round) => add(flannel, theirs, `three-${round}`),
  );
  row('chain ADD, HNS natively : three Go processes', printed(three), 'at most 1.00');
  const two = compare(
    rounds,
    (round) => ours(`again-${round}`),
    (round) => add(overlay, theirs, `two-${round}`, true),
  );
  row('chain ADD, HNS natively : two Go processes, no flannel', printed(two), 'at most 1.50');
  const alone = compare(
    rounds,
    (round) => ours(`alone-${round}`),
    () => wine(prefix, version(exe(prefix, 'flannel'))),
  );
  row('chain ADD, HNS natively : VERSION of ours', printed(alone), 'at most 1.60');
  end();
}

/** What flannel of the example hands to win-overlay. */
function delegates(text: string): string {
  const { cniVersion, delegate, ipam, name } = JSON.parse(text);
  const given = { ipMasq: true, ipMasqNetwork: '10.244.0.0/16' };
  const leases = { type: 'host-local', subnet: '10.244.1.0/24', ...ipam };
  return JSON.stringify({ ...delegate, ...given, cniVersion, name, ipam: leases });
}

/** A process of its own: this one waits for what it times. */
async function simulator(): Promise<{ readonly port: string; readonly end: () => void }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hns.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8');
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (piece: string) => {
      said += piece;
      const [, found] = /listens on port (\d+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`the simulator ended: ${said}`)));
  });
  return { port, end: () => child.kill() };
}
