import { isAbsolute, join } from 'node:path';
import type { JsonObject } from '../../../cni/json-object.ts';
import type { Transport } from '../../../hns-bridge/transport.ts';
import { hasCode } from '../../../system/errors.ts';
import { exit, OperatorError } from '../exit.ts';
import type { Operator } from '../operator.ts';
import { runPlugin } from '../plugin-run.ts';
import type { Asked } from './guard.ts';
import { ask } from './hns-call.ts';
import { hnsService, holderOfFiles, pluginFile, runPluginFile } from './machine.ts';
import { type NotedCall, recordedTransport } from './recorder.ts';
import {
  modes,
  namespaceId,
  ownPrefix,
  pluginConfig,
  podName,
  type TrialNetwork,
  type WayName,
} from './setting.ts';
import type { Trial } from './step.ts';
import { openWay } from './ways.ts';

/** The folder in which the leases of a run are: on the drive that is current, as the plugins' own. */
function workFolder({ machine }: Operator): string {
  const folder = machine.env['WINCNI_STATE_DIR'] ?? '';
  return join(isAbsolute(folder) ? folder : '/var/lib/cni', 'wincni-acceptance');
}

/** What the steps of one mode and one way work with. */
export function trialOf(
  {
    atOnce,
    operator,
    restartHns,
  }: Pick<Asked, 'atOnce' | 'restartHns'> & {
    readonly operator: Operator;
  },
  {
    hns,
    network,
    note,
    way,
  }: {
    readonly hns: Transport;
    readonly network: TrialNetwork;
    readonly note: (call: NotedCall) => void;
    readonly way: WayName;
  },
): Trial {
  const { clock, files } = operator.machine;
  const dataDir = workFolder(operator);
  files.makeFolder(dataDir);
  const leaseFolder = join(dataDir, network.name);
  const request = (command: string, pod: number, extra: JsonObject = {}) => ({
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: podName(pod),
      CNI_NETNS: namespaceId(pod),
      CNI_IFNAME: 'eth0',
      CNI_PATH: dataDir,
      // An answer to STATUS that was kept would be none of HNS's.
      WINCNI_STATE_DIR: dataDir,
    },
    config: { ...pluginConfig(network, { dataDir, way }), ...extra },
  });
  const file = pluginFile(operator, network.plugin, dataDir);
  return {
    way,
    network,
    hns,
    atOnce,
    clock,
    leaseFolder,
    ask: (call) => ask(hns, call),
    async plugin(command, pod, extra) {
      // A way of its own for each command, as a plugin's process would have; the command closes it.
      const own = operator.hns?.transport ?? (await openWay(operator));
      const transport = recordedTransport(own, clock, note);
      return runPlugin(
        { ...operator, hns: { ...operator.hns, transport } },
        network.plugin,
        request(command, pod, extra),
      );
    },
    child:
      file === undefined
        ? undefined
        : {
            run: (command, pod, killAfter) =>
              runPluginFile(operator, file, request(command, pod), killAfter),
          },
    leases: () => leasesIn(files, leaseFolder),
    service: restartHns ? hnsService(operator) : undefined,
    holdOpen: holderOfFiles(operator),
  };
}

/** The leased addresses: files that are named for them. */
function leasesIn(files: Operator['machine']['files'], folder: string): readonly string[] {
  return namesIn(files, folder).filter((name) => /^\d+\.\d+\.\d+\.\d+$/.test(name));
}

function namesIn(files: Operator['machine']['files'], folder: string): readonly string[] {
  try {
    return files.list(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/**
 * Refuses where the folder of the leases is a link: whoever could make one would have the files removed that it
 * leads to. Throws OperatorError.
 */
export function assertOwnFolder(operator: Operator): void {
  const folder = workFolder(operator);
  const folders = [folder, ...Object.keys(modes).map((mode) => leasesOf(folder, mode))];
  const other = folders.find(
    (path) => (operator.executables.look(path)?.kind ?? 'folder') !== 'folder',
  );
  if (other === undefined) return;
  throw new OperatorError(
    exit.failed,
    `${other} is no folder of its own: what is in it would be cleared away`,
    ['look where it leads to, and who made it; then remove it'],
  );
}

const leasesOf = (folder: string, mode: string) => join(folder, `${ownPrefix}-${mode}`);

/** Removes the leases of this run, or of one that was killed, with their folders. Nothing is left then. */
export function clearLeases(operator: Operator): readonly string[] {
  assertOwnFolder(operator);
  const { files } = operator.machine;
  const folder = workFolder(operator);
  for (const mode of Object.keys(modes)) {
    const leases = leasesOf(folder, mode);
    for (const name of namesIn(files, leases)) files.remove(join(leases, name));
    if (namesIn(files, folder).includes(`wincni-acceptance-${mode}`)) files.removeFolder(leases);
  }
  for (const name of namesIn(files, folder)) files.remove(join(folder, name));
  if (namesIn(files, join(folder, '..')).includes('wincni-acceptance')) files.removeFolder(folder);
  return [];
}
