import { dirname, isAbsolute, join } from 'node:path';
import * as z from 'zod/mini';
import type { Call } from '../../cni/plugin.ts';
import { isSystemError } from '../../system/errors.ts';
import type { Host } from '../../system/host.ts';
import { once } from '../../system/once.ts';
import { removeIfThere, replaceWhole, sweepUnfinished } from '../../system/whole-files.ts';
import { sha1 } from './sha1.ts';

/**
 * The last good answer of HNS to STATUS, kept for the next: containerd asks every few seconds, and each
 * time a PowerShell would be started.
 */

/** When HNS said that all is well, and when it was asked last, in milliseconds since 1970. */
export interface LastAnswer {
  readonly good: number;
  readonly asked: number;
}

/** How long an answer serves, in milliseconds. */
const serves = {
  /** HNS is not asked meanwhile. */
  fresh: 45_000,
  /** Where HNS is asked and does not answer in time: PowerShell is slow to start, the node is busy. */
  slow: 300_000,
};

/** How long HNS is left alone that did not answer in time, in milliseconds: starting is what keeps a node busy. */
const rest = 30_000;

/** What an answer still says, so many milliseconds later. */
export interface Standing {
  /** All is well, without asking. */
  readonly serves: boolean;
  /** All is well, should HNS not answer in time. */
  readonly servesSlow: boolean;
}

/**
 * What an answer says now. None from before the machine started: HNS forgets flannel's networks then; and
 * none from the future: the clock was set.
 * @param uptime milliseconds since the machine started
 */
export function standing(last: LastAnswer | undefined, now: number, uptime: number): Standing {
  if (!last || last.good > now || last.asked > now || now - last.good > uptime) {
    return { serves: false, servesSlow: false };
  }
  const age = now - last.good;
  const servesSlow = age <= serves.slow;
  const rests = last.asked > last.good && now - last.asked <= rest;
  return { serves: age <= serves.fresh || (servesSlow && rests), servesSlow };
}

/** The file of a network's last answer, and what an answer in it must be about. */
export interface AnswerFile {
  readonly path: string;
  readonly about: string;
}

/**
 * Where the last answer about a network is kept: `status-<network>-<plugin>` in WINCNI_STATE_DIR, or in
 * `/var/lib/cni/wincni`.
 */
export function answerPath(env: Host['env'], plugin: string, network: string): string {
  return join(stateFolder(env), `status-${network}-${plugin}`);
}

/** What an answer is about, in short: the version of the suite, the way to HNS, the configuration. */
export function aboutOf(version: string, way: string, { config }: Pick<Call, 'config'>): string {
  return sha1(Buffer.from(JSON.stringify([version, way, config])));
}

function stateFolder(env: Host['env']): string {
  const folder = env['WINCNI_STATE_DIR'] ?? '';
  // A relative one would be wherever the runtime happens to stand.
  return isAbsolute(folder) ? folder : '/var/lib/cni/wincni';
}

const schema = once(() => z.object({ about: z.string(), good: z.int(), asked: z.int() }));

/** The last answer; undefined when there is none, when it is about something else, or no answer at all. */
export function lastAnswer(
  { files }: Pick<Host, 'files'>,
  file: AnswerFile,
): LastAnswer | undefined {
  try {
    const { data } = z.safeParse(schema(), JSON.parse(files.read(file.path)));
    return data?.about === file.about ? data : undefined;
  } catch {
    // Not there, not to be read, not JSON: HNS is asked.
    return undefined;
  }
}

/** Keeps an answer. That it can't be written is logged: HNS is asked again then. */
export function keepAnswer(host: Host, { about, path }: AnswerFile, answer: LastAnswer): void {
  attempt(host, path, () => {
    host.files.makeFolder(dirname(path));
    replaceWhole(host, path, `${JSON.stringify({ about, ...answer })}\n`);
  });
}

/** Puts an end to the last answer: HNS has said otherwise since. */
export function forgetAnswer(host: Host, path: string): void {
  attempt(host, path, () => removeIfThere(host.files, path));
}

/** Removes what a killed STATUS left unfinished of its answers. */
export function sweepAnswers(host: Host): void {
  const folder = stateFolder(host.env);
  attempt(host, folder, () => sweepUnfinished(host, folder));
}

function attempt({ log }: Host, path: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    log('last answer not kept', { path, error: error.message });
  }
}
