import type { Outcome } from '../checks/check.ts';
import { doctorText } from '../doctor/text.ts';
import type { Facts, FileFact } from '../facts/facts.ts';
import { factsName } from '../facts/zipped.ts';
import { redacted } from './secret-names.ts';

/** A file of the bundle's. */
export interface Item {
  readonly name: string;
  readonly text: string;
}

/** What would be in the bundle, and is not. */
export interface Failure {
  readonly name: string;
  readonly why: string;
}

export interface Contents {
  readonly items: readonly Item[];
  readonly failed: readonly Failure[];
}

/**
 * What is in a bundle: the facts once whole, for programs, and once in files of the names that they had on the
 * node, for people.
 * @param facts without their secrets, and so whatever is made of them
 */
export function contentsOf(
  facts: Facts,
  outcomes: readonly Outcome[],
  logs: readonly FileFact[],
): Contents {
  const { hns } = facts;
  const look = facts.looks.at(-1);
  const plain = { columns: 100, colour: false };
  const parts: readonly Part[] = [
    { name: factsName, value: facts },
    { name: 'doctor.txt', text: doctorText(plain, facts, outcomes, true) },
    { name: 'doctor.json', value: { schema: 1, checks: outcomes } },
    { name: 'hns/ways.json', value: hns?.ways, fact: 'hns' },
    ...(['networks', 'endpoints', 'namespaces', 'policyLists'] as const).map((kind) => ({
      name: `hns/v1/${kind}.json`,
      value: hns?.v1?.[kind],
      fact: 'hns.v1',
    })),
    ...(['networks', 'endpoints', 'namespaces'] as const).map((kind) => ({
      name: `hns/v2/${kind}.json`,
      value: hns?.v2?.[kind],
      fact: 'hns.v2',
    })),
    { name: 'leases.json', value: look?.leases, fact: 'looks.leases' },
    { name: 'sandboxes.json', value: look?.sandboxes, fact: 'looks.sandboxes' },
    { name: 'routes.json', value: facts.routes, fact: 'routes' },
    { name: 'ports.json', value: facts.ports, fact: 'ports' },
    { name: 'containerd/crictl-info.json', value: facts.criInfo, fact: 'criInfo' },
    ...filesIn('conf', facts.configurations),
    ...filesIn('containerd', facts.containerd?.files ?? []),
    ...filesIn('flannel', [
      facts.subnetEnv,
      facts.netConf,
      ...(facts.sourceVip ?? []),
      facts.flanneldLog,
    ]),
    ...filesIn(
      'scratch',
      look?.scratch.map(({ file, text }) => ({
        path: file,
        ...(text === undefined ? {} : { text }),
      })),
    ),
    ...filesIn('log', logs),
  ];
  const told = facts.missing.map(({ fact, reason, what }) => ({
    name: fact,
    why: reason === 'administrator' ? `needs administrator: ${what}` : what,
  }));
  const named = uniquelyNamed(parts);
  return {
    items: named.flatMap(({ name, text, value }) => {
      if (text !== undefined) return [{ name, text }];
      return value === undefined ? [] : [{ name, text: `${JSON.stringify(value, null, 2)}\n` }];
    }),
    failed: [
      ...told,
      ...named.flatMap(({ fact, name, text, value, why }) => {
        if (text !== undefined || value !== undefined) return [];
        const isTold = told.some(
          (missing) => missing.name === fact || fact?.startsWith(`${missing.name}.`),
        );
        return isTold ? [] : [{ name, why: why ?? 'the facts do not have it' }];
      }),
    ],
  };
}

/** A file that is to be made: of a text or a value; of neither, it failed. */
interface Part {
  readonly name: string;
  readonly text?: string | undefined;
  readonly value?: unknown;
  /** The name that `missing` has for it. */
  readonly fact?: string;
  readonly why?: string | undefined;
}

function filesIn(folder: string, files: readonly (FileFact | undefined)[] = []): readonly Part[] {
  return files.flatMap((file) => {
    if (!file) return [];
    const { error, path, text } = file;
    return [{ name: `${folder}/${safeName(path)}`, text, why: `${path}: ${error ?? 'no text'}` }];
  });
}

/** The last part of a path, in characters that every system's file names may have. */
function safeName(path: string): string {
  const last = path.split(/[\\/]/).at(-1) ?? '';
  const safe = last
    .replaceAll(redacted, 'redacted')
    .replace(/[^\w.@-]+/g, '_')
    .slice(-100);
  return /^\.*$/.test(safe) ? `_${safe}` : safe;
}

function uniquelyNamed(parts: readonly Part[]): readonly Part[] {
  const taken = new Set<string>();
  return parts.map((part) => {
    let name = part.name;
    // Windows has one file for names in either letter case.
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${part.name}.${count}`;
    taken.add(name.toLowerCase());
    return { ...part, name };
  });
}
