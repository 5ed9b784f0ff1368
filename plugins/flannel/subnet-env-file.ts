import { CniError, code } from '../../cni/error.ts';
import { hasCode } from '../../system/errors.ts';
import type { Host } from '../../system/host.ts';
import { attemptUntil } from '../../system/wait.ts';
import { readIfThere } from '../../system/whole-files.ts';
import { parseSubnetEnv, type SubnetEnv } from './subnet-env.ts';

/** How long flanneld may take to finish the file, and the pause between two looks, in milliseconds. */
const longest = 3000;
const pauses = 100;

/**
 * The node's subnet.env. On Windows flanneld writes it in place: half a file, or one that is in use,
 * is read again for up to three seconds. Throws code 11 when it is missing or stays incomplete, code
 * 7 when a value in it is wrong.
 */
export async function awaitSubnetEnv(host: Host, file: string): Promise<SubnetEnv> {
  const started = host.clock.now();
  const timeout = host.deadline.within(longest);
  let problem: unknown;
  const env = await attemptUntil(host.clock, { pauses, timeout }, () => {
    let text: string;
    try {
      text = host.files.read(file);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) throw missingFile(file, error);
      if (!hasCode(error, 'EBUSY')) throw error;
      problem = error;
      return undefined;
    }
    const reading = parseSubnetEnv(text);
    if (reading.kind === 'invalid') throw invalid(file, reading.problem);
    if (reading.kind === 'complete') {
      if (reading.note !== undefined) host.log('note', { note: reading.note });
      return reading.env;
    }
    problem = incomplete(file, reading.missing, text);
    return undefined;
  });
  if (!env) throw problem;
  host.log('subnet.env read', { file, ms: host.clock.now() - started, ...env });
  return env;
}

/** The node's subnet.env as it is at this moment; undefined, and why in the log, when it is not. */
export function subnetEnvAtOnce(host: Host, file: string): SubnetEnv | undefined {
  let why: string;
  try {
    const text = readIfThere(host.files, file);
    const reading = text === undefined ? undefined : parseSubnetEnv(text);
    if (reading?.kind === 'complete') return reading.env;
    if (reading === undefined) why = 'it does not exist';
    else why = reading.kind === 'invalid' ? reading.problem : `lacks ${reading.missing}`;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  host.log('subnet.env not usable', { file, why });
  return undefined;
}

function missingFile(file: string, cause: unknown): CniError {
  return new CniError(
    code.tryAgain,
    `flanneld is not running: there is no ${file}`,
    'flanneld writes that file when it has a subnet for this node: see its log; "subnetFile" says where the file is looked for',
    { cause },
  );
}

function incomplete(file: string, missing: readonly string[], text: string): CniError {
  const encoding = text.includes('\0')
    ? '; it has null characters in it: UTF-16, or cut short by a power failure'
    : '';
  return new CniError(
    code.tryAgain,
    `${file} is missing ${missing.join(', ')}`,
    `read for ${longest / 1000} s: flanneld has not finished it, see flanneld's log${encoding}`,
  );
}

function invalid(file: string, problem: string): CniError {
  return new CniError(
    code.invalidConfig,
    `invalid ${file}: ${problem}`,
    'flanneld writes that file: correct its net-conf.json, or remove the file and restart flanneld',
  );
}
