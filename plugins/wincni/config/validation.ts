import type { Outcome } from '../checks/check.ts';
import { confChecks } from '../checks/conf.ts';
import { judge } from '../checks/judge.ts';
import { overlayChecks } from '../checks/overlay.ts';
import type { Facts, FileFact } from '../facts/facts.ts';
import { joined } from '../facts/node-paths.ts';

/** What is given to be looked at. */
export interface Given {
  readonly files: readonly FileFact[];
  readonly subnetEnv?: FileFact;
  /** A folder of plugins, and the names in it. */
  readonly bin?: { readonly folder: string; readonly names: readonly string[] };
}

/** Doctor's checks of what is written, on files alone: of no node, on any system. */
export function validation(
  { bin, files, subnetEnv }: Given,
  { version }: { readonly version: string },
): readonly Outcome[] {
  const facts: Facts = {
    schema: 1,
    source: 'recorded',
    wincni: version,
    at: new Date(0).toISOString(),
    hostname: '',
    platform: '',
    missing: [],
    // Every file counts here: which one a runtime takes is the folder's affair.
    folders: { conf: [], bin: bin ? [bin.folder] : [], maxConfNum: 0 },
    configurations: [...files],
    ...(subnetEnv ? { subnetEnv } : {}),
    looks: [],
    // Whose they are is not looked into: the names are what counts.
    programs: (bin?.names ?? []).map((name) => ({
      path: joined(bin?.folder ?? '', name),
      size: 0,
      wincni: version,
    })),
    rights: [],
  };
  const outcomes = judge(
    facts,
    [...confChecks, ...overlayChecks],
    bin ? {} : { ignore: ['conf.types'] },
  );
  return outcomes.map(withoutNode);
}

/** Without what only a node could answer, and without the advice to do what is being done. */
function withoutNode({ findings, ...outcome }: Outcome): Outcome {
  const kept = findings
    .filter(({ level }) => level !== 'note' || outcome.id !== 'conf.exceptions')
    .map(({ remedy, ...finding }) => ({
      ...finding,
      remedy: remedy.filter((line) => !line.startsWith('wincni config validate ')),
    }));
  const isWell = kept.length === 0 && findings.length > 0;
  return { ...outcome, result: isWell ? 'ok' : outcome.result, findings: kept };
}
