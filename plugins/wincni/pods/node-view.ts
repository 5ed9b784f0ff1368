import { delimiter } from 'node:path';
import type { JsonObject } from '../../../cni/json-object.ts';
import type { OpenHns } from '../../../hns-bridge/open.ts';
import { rootedFiles } from '../../../system/rooted-files.ts';
import { type Configurations, readConfigurations } from '../checks/reading/configurations.ts';
import { exit, OperatorError } from '../exit.ts';
import { findCrictl } from '../facts/crictl.ts';
import type { Look } from '../facts/facts.ts';
import { gatherFiles } from '../facts/gather-files.ts';
import { documentsIn, gatherLook } from '../facts/look.ts';
import { inWords, type Lacking, lacking } from '../facts/probe.ts';
import { progressOf } from '../facts/progress.ts';
import { hostOf, openOperatorHns } from '../hns.ts';
import type { Operator } from '../operator.ts';
import { judgedLooks } from './looks.ts';
import { leasingNetworks } from './pools.ts';
import type { JudgedLook } from './verdict.ts';

/** What the operator says of the node's folders. */
export interface SaidFolders {
  readonly confDir?: string | undefined;
  readonly binDir?: string | undefined;
  /** A folder that holds the files of a node: only to look at. */
  readonly root?: string | undefined;
}

/** A node whose state is looked at: what its files say, and the way to HNS that they ask for. */
export interface NodeView {
  readonly configurations: Configurations;
  /** Of CNI_PATH. */
  readonly path: string;
  /** The `hns` key of the configurations, for those that are made here. */
  readonly hnsKey: JsonObject;
  /** Undefined where HNS does not answer; `lacking` says why. */
  readonly hns: OpenHns | undefined;
  readonly hnsError: string | undefined;
  readonly lacking: Lacking;
  look(): Promise<Look>;
  judge(looks: readonly Look[]): JudgedLook;
}

/** How long two looks are apart, in milliseconds. */
const betweenLooks = 2_000;

/** Opens a node's state for a command, and closes it after. */
export async function withNode<Done>(
  operator: Operator,
  said: SaidFolders,
  act: (view: NodeView) => Promise<Done>,
): Promise<Done> {
  const { machine } = operator;
  const missing = lacking();
  const { root } = said;
  const files = root === undefined ? machine.files : rootedFiles(machine.files, root);
  const hasDrives = root === undefined && machine.platform === 'win32';
  const drive = hasDrives ? machine.env['SystemDrive'] || 'C:' : undefined;
  const found = gatherFiles(
    {
      files,
      said: { conf: said.confDir, bin: said.binDir },
      running: {},
      drive,
    },
    missing,
  );
  const configurations = readConfigurations(found);
  const { hns: way, leases, scratch } = found.places;
  let hns: OpenHns | undefined;
  let hnsError: string | undefined;
  try {
    hns = await openOperatorHns(operator, way, hostOf(operator, viewTime));
    await hns.v2.version();
  } catch (error) {
    hnsError = inWords(error);
    await hns?.close();
    hns = undefined;
  }
  const sources = {
    files,
    clock: machine.clock,
    leaseFolders: leases,
    scratchFolders: scratch,
    calls: hns?.calls,
    // Not of another root: what runs is on this machine.
    sandboxes: root === undefined ? findCrictl(operator, {})?.sandboxes : undefined,
  };
  const leasing = leasingNetworks(configurations);
  try {
    return await act({
      configurations,
      path: found.folders.bin.join(machine.platform === 'win32' ? ';' : delimiter),
      hnsKey: way === undefined ? {} : { hns: way },
      hns,
      hnsError,
      lacking: missing,
      look: () => gatherLook(sources, missing),
      judge(looks) {
        const judged = judgedLooks(looks, leasing);
        if (!judged) throw new Error('no look was made');
        return judged;
      },
    });
  } finally {
    await hns?.close();
  }
}

/** How long all that is asked of HNS may take, in milliseconds: gc deletes many pods in it. */
const viewTime = 600_000;

/** Two looks, so far apart that what a command is at has moved on. */
export async function lookTwice(operator: Operator, view: NodeView): Promise<JudgedLook> {
  const progress = progressOf(operator);
  try {
    progress.say('the node, twice');
    const first = await view.look();
    await operator.machine.clock.sleep(betweenLooks);
    return view.judge([first, await view.look()]);
  } finally {
    progress.end();
  }
}

/** A look; a second one where the first shows anything that is not whole: it may be on its way. */
export async function lookOnce({ machine }: Operator, view: NodeView): Promise<JudgedLook> {
  const first = await view.look();
  const judged = view.judge([first]);
  if (judged.rows.every(({ problems }) => problems.length === 0)) return judged;
  await machine.clock.sleep(betweenLooks);
  return view.judge([first, await view.look()]);
}

/** Throws exit code 5 where HNS does not answer. */
export function requireHns({ hns, hnsError }: NodeView): OpenHns {
  if (hns) return hns;
  throw new OperatorError(exit.blind, `HNS does not answer: ${hnsError ?? 'nobody knows why'}`, [
    'wincni doctor --only hns',
  ]);
}

/** V1's networks and namespaces, as HNS writes them. */
export async function listOf(
  { calls }: OpenHns,
  what: 'networks' | 'namespaces',
): Promise<readonly JsonObject[]> {
  return documentsIn(
    await calls.v1({ operation: `list ${what}`, method: 'GET', path: `/${what}/` }),
  );
}

/** Says on stderr what could not be looked at. */
export function noteLacks(operator: Operator, { hnsError, lacking }: NodeView): void {
  if (hnsError !== undefined) operator.writeStderr(`note: HNS does not answer: ${hnsError}\n`);
  for (const { fact, what } of lacking.missing) {
    if (fact.startsWith('looks.')) operator.writeStderr(`note: ${what}\n`);
  }
}
