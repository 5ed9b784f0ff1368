import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestConfig, runPlugin } from '../../scripts/runtime.ts';
import { configOf, type Json, root, type TrialNode } from '../helpers/trial-node.ts';

export interface ToolRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * cnitool on a trial node: a runtime that is not ours, calling the built executables. It has no way
 * to say which attachments are valid: `gc` calls the executable as libcni does when it knows.
 */
export function cnitoolOn(node: TrialNode, fixture: string, cniVersion: string) {
  const confFolder = join(node.folder, 'net.d');
  mkdirSync(confFolder);
  const { name, cniVersion: _, ...plugin } = configOf(node, fixture);
  const list = {
    cniVersion,
    name,
    plugins: [{ ...plugin, capabilities: { portMappings: true } }],
  };
  writeFileSync(join(confFolder, '10-test.conflist'), JSON.stringify(list));
  const folder = join(root, 'dist', 'linux-x64');
  const env = { WINCNI_HNS: 'simulator', WINCNI_HNS_STATE: join(node.folder, 'hns') };
  const tool = (
    command: string,
    netns: string,
    ifName = 'eth0',
    capabilities: Json = {},
  ): ToolRun => {
    const run = spawnSync(process.env['WINCNI_CNITOOL'] ?? '', [command, String(name), netns], {
      encoding: 'utf8',
      env: {
        NETCONFPATH: confFolder,
        ...env,
        CNI_PATH: folder,
        CNI_IFNAME: ifName,
        CAP_ARGS: JSON.stringify(capabilities),
      },
    });
    if (run.error) throw run.error;
    return { exitCode: run.status, stdout: run.stdout, stderr: run.stderr };
  };
  const gc = (valid: readonly Json[]): ToolRun => {
    const config = requestConfig({ ...list, name: String(name) }, plugin, {
      'cni.dev/valid-attachments': valid,
    });
    const { exitCode, stderr, stdout } = runPlugin({ folder, command: 'GC', config, env });
    return { exitCode, stdout, stderr };
  };
  return Object.assign(tool, { gc });
}
