import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildLibraries, installLibraries, missingCompiler, simulatorEnv } from '../hns-dlls.ts';
import { referenceHostLocal, referencePlugins } from '../tools.ts';
import type { WinePrefix } from '../wine-prefix.ts';
import { chainAdd, overlayNode, version } from './commands.ts';
import type { Timed } from './meter.ts';
import { ratioColumns, ratioRow } from './report.ts';
import { type Bench, copies, type System } from './setting.ts';
import { compare, type Making } from './timing.ts';

/**
 * Prints what ADD costs by HNS's libraries, which are the simulator's: ours, and the reference's
 * executables on the same ones. The reference flannel is not to be had as a Go module: a stand-in of ours
 * (flannel-stand-in) does its part.
 */
export async function benchNative(bench: Bench, system: System, prefix: WinePrefix): Promise<void> {
  const { meter, places, report, rounds } = bench;
  const stand = join(places.root, 'scripts', 'flannel-stand-in', 'main.go');
  const made = [
    prefix.ownGoProgram('flannel', stand),
    prefix.goProgram(referencePlugins['win-overlay']),
    prefix.goProgram(referenceHostLocal),
  ].filter((program) => program !== undefined);
  if (missingCompiler('windows') !== undefined || made.length < 3) {
    report.notMeasured('HNS by its libraries', 'no Go, or no gcc-mingw-w64-x86-64');
    return;
  }
  installLibraries(buildLibraries(places, 'windows'), join(prefix.driveC, 'windows', 'system32'));
  const theirs = join(system.folder, 'reference');
  const [flannel = '', overlay = ''] = copies(theirs, made);
  const { end, port } = await simulator();
  const table = report.table('Wine, chain ADD by native', ratioColumns);
  let nodes = 0;
  /** ADD on a node of its own, which takes two exception lists as the reference makes them. */
  const add = (file: string, cniPath: string, more: Timed['env'] = {}): Timed => {
    const node = overlayNode(join(system.folder, `native-${nodes++}`), '');
    const state = join(node.hnsFolder, 'hns.json');
    const rules = { secondExceptionList: 'kept' };
    writeFileSync(state, JSON.stringify({ ...JSON.parse(readFileSync(state, 'utf8')), rules }));
    const chain = { ...chainAdd(node, cniPath), file };
    const stdin = basename(file) === basename(overlay) ? delegates(chain.stdin ?? '') : chain.stdin;
    const hns = { WINCNI_HNS: 'native', ...simulatorEnv(port, node.hnsFolder) };
    const { env, ...timed } = system.command({ ...chain, ...(stdin ? { stdin } : {}) });
    return { ...timed, env: { ...env, ...hns, ...more } };
  };
  const ours = () => add(system.ours('flannel'), join(system.ours('flannel'), '..'));
  const against = (what: string, one: Making, other: Making, budget?: number) =>
    ratioRow(table, what, compare(meter, rounds, one, other), budget);
  const ownVersion = () => system.command(version(system.ours('flannel')));
  against(
    ': three Go (flannel stand-in, win-overlay, host-local)',
    ours,
    () => add(flannel, theirs),
    1.0,
  );
  against(': two Go (win-overlay, host-local)', ours, () => add(overlay, theirs), 1.5);
  against(': VERSION of ours', ours, ownVersion, 1.6);
  const unwatched = () => add(system.harness(), theirs, { BENCH_HNS: 'unwatched' });
  against('the same without the watchdog (harness)', unwatched, ownVersion, 1.3);
  end();
}

/** What flannel of the example hands to win-overlay. */
function delegates(text: string): string {
  const { cniVersion, delegate, ipam, name } = JSON.parse(text);
  const given = { ipMasq: true, ipMasqNetwork: '10.244.0.0/16' };
  const leases = { type: 'host-local', subnet: '10.244.1.0/24', ...ipam };
  return JSON.stringify({ ...delegate, ...given, cniVersion, name, ipam: leases });
}

/** A process of its own: this one waits for what it measures. */
async function simulator(): Promise<{ readonly port: string; readonly end: () => void }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'hns.ts')], {
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
