import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NodeState, readNode } from '../../plugins/wincni/acceptance/node-state.ts';
import { withNodeHns } from './node-hns.ts';
import { clearOwn } from './own-objects.ts';
import type { Setting } from './setting.ts';
import { hostAddresses, lastingDifferences, snapshot } from './snapshot.ts';
import { startLines } from './start-times.ts';

/**
 * Plays something on this node, and holds the node to be as it was: the networks, endpoints and namespaces of
 * HNS, and the machine's addresses. What an earlier run left is removed first. HNS's documents before and after
 * are written down whole. Gives the exit code: that of what was played, or 1.
 */
export async function aroundNode(setting: Setting, play: () => Promise<number>): Promise<number> {
  const { label, out } = setting;
  // In a dry run this process is the simulator's: a call of the doubles would wait for itself.
  const [way = 'powershell'] = setting.dry ? [] : setting.ways;
  const clear = () => withNodeHns(way, setting.dry, clearOwn);
  const look = async (when: 'before' | 'after') => {
    const node = await withNodeHns(way, setting.dry, readNode);
    writeFileSync(join(out, `${label}-${when}.json`), `${JSON.stringify(node, null, 2)}\n`);
    return linesOf(node);
  };
  for (const each of setting.ways) rmSync(logFile(setting, each), { force: true });
  say(await clear(), 'An earlier run left what HNS does not let go:');
  const before = await look('before');
  say(before, 'On this node, before:');
  const exitCode = await play();
  const kept = await clear();
  const changes = await lastingDifferences(before, () => look('after'));
  say(startLines(logsIn(setting)), 'Times, not judged:');
  say(kept, 'HNS does not let go:');
  say(changes, 'This node is not as it was:');
  if (changes.length === 0) process.stdout.write('\nThis node is as it was before.\n');
  return changes.length + kept.length > 0 ? exitCode || 1 : exitCode;
}

const linesOf = (node: NodeState) => [...snapshot(node), ...hostAddresses()];

function say(lines: readonly string[], title: string): void {
  if (lines.length > 0) process.stdout.write(`\n${[title, ...lines].join('\n  ')}\n`);
}

/** The log that plugins write in a run, by a way to HNS. */
export const logFile = ({ label, out }: Pick<Setting, 'label' | 'out'>, way: string): string =>
  join(out, `${label}-${way}.log`);

function logsIn(setting: Setting): Readonly<Record<string, string>> {
  return Object.fromEntries(
    setting.ways
      .map((way) => [way, logFile(setting, way)] as const)
      .filter(([, file]) => existsSync(file))
      .map(([way, file]) => [way, readFileSync(file, 'utf8')]),
  );
}
