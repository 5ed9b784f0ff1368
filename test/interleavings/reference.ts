import { hasCode, isSystemError } from '../../system/errors.ts';
import type { Files } from '../../system/host.ts';
import type { Json } from '../helpers/trial-node.ts';
import type { Command } from './node.ts';
import type { Outcome, Play } from './program.ts';

/**
 * What the reference's host-local does to a folder of leases, step by step, as plugins/ipam/host-local of
 * containernetworking/plugins v1.9.1 has it. Its lock is among its own processes alone.
 */
export function referencePlay(
  config: Json,
  { command, pod }: Pick<Command, 'command' | 'pod'>,
): Play {
  const { dataDir, rangeEnd = '', rangeStart = '' } = Object(config['ipam']);
  const folder = `${dataDir}/${config['name']}`;
  const owner = `${pod}\r\neth0`;
  return async ({ files }) => {
    files.makeFolder(folder);
    return command === 'ADD'
      ? add(files, folder, owner, addressesFrom(String(rangeStart), String(rangeEnd)))
      : release(files, folder, owner);
  };
}

/** Of one subnet of 24 bits. */
function addressesFrom(first: string, last: string): string[] {
  const [head = '', start = 0, end = 0] = [
    first.slice(0, first.lastIndexOf('.') + 1),
    Number(first.split('.')[3]),
    Number(last.split('.')[3]),
  ];
  return Array.from({ length: end - start + 1 }, (_, index) => `${head}${start + index}`);
}

function add(files: Files, folder: string, owner: string, all: readonly string[]): Outcome {
  for (const name of files.list(folder)) {
    if (textOf(files, `${folder}/${name}`) === owner && all.includes(name)) {
      return failed(`${name} has been allocated already`);
    }
  }
  const last = all.indexOf(textOf(files, `${folder}/last_reserved_ip.0`) ?? '');
  for (const address of [...all.slice(last + 1), ...all.slice(0, last + 1)]) {
    if (!reserve(files, `${folder}/${address}`, owner)) continue;
    files.overwrite(`${folder}/last_reserved_ip.0`, address);
    return {
      exitCode: 0,
      document: { cniVersion: '1.1.0', ips: [{ address: `${address}/24` }] },
    };
  }
  return failed('no IP addresses available in range set');
}

function reserve(files: Files, path: string, owner: string): boolean {
  try {
    files.writeNew(path, owner);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function release(files: Files, folder: string, owner: string): Outcome {
  for (const name of files.list(folder)) {
    const path = `${folder}/${name}`;
    if (textOf(files, path) === owner) ignoringErrors(() => files.remove(path));
  }
  return { exitCode: 0, document: {} };
}

function textOf(files: Files, path: string): string | undefined {
  return ignoringErrors(() => files.read(path).trim());
}

/** filepath.Walk goes on after each. */
function ignoringErrors<Done>(act: () => Done): Done | undefined {
  try {
    return act();
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

function failed(msg: string): Outcome {
  return { exitCode: 1, document: { code: 110, msg } };
}
