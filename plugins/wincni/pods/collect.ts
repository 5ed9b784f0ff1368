import { readId } from '../../../hns-bridge/ids.ts';
import { field, textField } from '../../../hns-bridge/json-document.ts';
import { exit, OperatorError } from '../exit.ts';
import type { Operator } from '../operator.ts';
import { runPlugin } from '../plugin-run.ts';
import { readHostNamespaces } from './namespaces.ts';
import { listOf, lookTwice, type NodeView, noteLacks, requireHns } from './node-view.ts';
import { proofs } from './proof.ts';
import { type Deletion, removalOf } from './removal.ts';
import { type JudgedRow, keyOf } from './verdict.ts';

/** What is left of a pod that is proven gone, and how it is removed. */
export interface Planned {
  readonly row: JudgedRow;
  readonly why: string;
  readonly deletions: readonly Deletion[];
}

/** What is not whole, and stays. */
export interface Kept {
  readonly row: JudgedRow;
  readonly why: string;
}

export interface CollectPlan {
  readonly removed: readonly Planned[];
  readonly kept: readonly Kept[];
  /** Whether the runtime said which pods there are. */
  readonly runtimeTells: boolean;
}

/** Looks twice, and decides what may go. Throws exit code 5 where HNS does not answer. */
export async function planCollection(
  operator: Operator,
  view: NodeView,
  network: string | undefined,
): Promise<CollectPlan> {
  const hns = requireHns(view);
  const look = await lookTwice(operator, view);
  if (!look.endpoints) throw notListed(operator, view);
  const networks = await listOf(hns, 'networks');
  const namespaces = await listOf(hns, 'namespaces');
  const known = {
    networks: new Set(networks.flatMap((document) => textField(document, 'Name') ?? [])),
    namespaces: new Set(namespaces.flatMap((document) => readId(field(document, 'ID')) ?? [])),
    hostNamespaces: readHostNamespaces(namespaces),
  };
  const removed: Planned[] = [];
  const kept: Kept[] = [];
  for (const { dead, row, why } of proofs(look, known)) {
    if (network !== undefined && row.network !== network) continue;
    const removal = dead ? removalOf(row, view.configurations, view.hnsKey) : undefined;
    if (removal?.kind === 'deletions') removed.push({ row, why, deletions: removal.deletions });
    else kept.push({ row, why: removal ? `${why}, but ${removal.why}` : why });
  }
  return { removed, kept, runtimeTells: look.runtimeTells };
}

/** Without its endpoints nothing is known of any pod: least of all that there is nothing to remove. */
function notListed(operator: Operator, view: NodeView): OperatorError {
  noteLacks(operator, view);
  return new OperatorError(exit.blind, 'HNS does not list its endpoints', [
    'wincni doctor --only hns',
  ]);
}

/** What became of one that was to be removed. */
export interface Collected {
  readonly row: JudgedRow;
  /** What the plugin answered, where it failed. */
  readonly error?: string;
  /** What is still there of it. */
  readonly left?: JudgedRow;
}

/** Removes what was planned, one pod after the other, and looks what is left. One failure stops no other. */
export async function collect(
  operator: Operator,
  view: NodeView,
  planned: readonly Planned[],
  progress: (done: number, of: number) => void,
): Promise<readonly Collected[]> {
  const answers: { readonly row: JudgedRow; readonly error?: string }[] = [];
  for (const { deletions, row } of planned) {
    progress(answers.length, planned.length);
    const error = await firstError(operator, view, row.container, deletions);
    answers.push(error === undefined ? { row } : { row, error });
  }
  const after = view.judge([await view.look()]);
  const there = new Map(after.rows.map((row) => [keyOf(row), row]));
  return answers.map((answer) => {
    const left = there.get(keyOf(answer.row));
    if (!after.endpoints && answer.error === undefined) {
      return { ...answer, error: 'what is left is not known: HNS does not list its endpoints' };
    }
    return left ? { ...answer, left } : answer;
  });
}

/** Sends the DELs in order: where one fails, those behind it would free what is still in use. */
async function firstError(
  operator: Operator,
  { path }: NodeView,
  container: string,
  deletions: readonly Deletion[],
): Promise<string | undefined> {
  for (const { config, ifName, netns, plugin } of deletions) {
    const env = {
      CNI_COMMAND: 'DEL',
      CNI_CONTAINERID: container,
      CNI_IFNAME: ifName,
      CNI_NETNS: netns,
      CNI_PATH: path,
      CNI_ARGS: '',
    };
    const { document, exitCode } = await runPlugin(operator, plugin, { env, config });
    if (exitCode !== 0) {
      const said = [textField(document ?? {}, 'msg'), textField(document ?? {}, 'details')];
      return said.filter((part) => part !== undefined).join('; ') || `${plugin} failed`;
    }
  }
  return undefined;
}
