import { spawnSync } from 'node:child_process';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatedNode } from '../simulated-node.ts';
import { addressAt, chainAdd, overlayNode, pod } from './commands.ts';
import type { Timed } from './meter.ts';
import type { System } from './setting.ts';

/** A node with pods, whose HNS is the harness's: in memory, and at each command as it was laid out. */
export interface PodsNode {
  /** Of another pod each time. */
  add(): Timed;
  /** Of the pod that was added when the node was laid out. */
  check(): Timed;
  /** Of the same one: its files are put back first. */
  del(): Timed;
  /** All pods are valid: nothing is to be collected. */
  gc(): Timed;
  /** A start of the same process with the same HNS, which does nothing. */
  idle(): Timed;
}

/**
 * Lays out a node of the overlay's example where a pod was added, and others as if they had been: as many as
 * are asked for have an endpoint, and, if their files are asked for, a lease and a scratch file.
 */
export function podsNode(
  system: System,
  folder: string,
  pods: number,
  parts: 'endpoints' | 'endpoints and files',
): PodsNode {
  const node = overlayNode(folder, '');
  const adding = chainAdd(node, folder);
  const made = addFirst(system.ours('flannel'), adding);
  const scratch = join(node.scratchFolder, pod.containerId);
  const lease = join(node.leaseFolder, node.conflist.name, made.address);
  const files = [scratch, lease].map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const others = Array.from({ length: pods }, (_, index) => `other${index}`);
  if (parts === 'endpoints and files') addFiles(node, others, readFileSync(scratch, 'utf8'));
  const asked = (command: string, more: object = {}, env: Timed['env'] = {}): Timed => {
    const config = { ...JSON.parse(adding.stdin ?? ''), cniVersion: '1.1.0', ...more };
    const hns = {
      BENCH_HNS: 'memory',
      BENCH_STATE: node.hnsFolder,
      BENCH_ENDPOINTS: String(pods),
    };
    return system.command({
      file: system.harness(),
      stdin: JSON.stringify(config),
      env: { ...adding.env, ...hns, CNI_COMMAND: command, ...env },
    });
  };
  const prevResult = { ...made.result, cniVersion: '1.1.0' };
  const valid = [pod.containerId, ...others].map((containerID) => ({
    containerID,
    ifname: pod.ifName,
  }));
  let added = 0;
  return {
    add: () => ({ ...asked('ADD', {}, { CNI_CONTAINERID: `new${added++}` }), says: '"ips"' }),
    check: () => asked('CHECK', { prevResult }),
    del() {
      for (const { path, text } of files) {
        writeFileSync(path, text);
        // As that of a pod that was not added just now.
        utimesSync(path, 1e9, 1e9);
      }
      return asked('DEL', { prevResult });
    },
    gc: () => asked('GC', { 'cni.dev/valid-attachments': valid }),
    idle: () => ({ ...asked('VERSION'), says: 'supportedVersions' }),
  };
}

function addFirst(file: string, { env = {}, stdin = '' }: Timed) {
  const run = spawnSync(file, [], { input: stdin, env: { ...env }, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`ADD: ${run.stdout}${run.stderr}`);
  const result = JSON.parse(run.stdout);
  const address = String(result.ips[0].address).split('/')[0] ?? '';
  return { result, address };
}

function addFiles(
  { conflist, leaseFolder, scratchFolder }: SimulatedNode,
  containers: readonly string[],
  scratch: string,
): void {
  const { wincni, ...delegate } = JSON.parse(scratch);
  for (const [index, container] of containers.entries()) {
    const remembered = { ...delegate, wincni: { ...wincni, sandbox: container } };
    writeFileSync(join(scratchFolder, container), JSON.stringify(remembered));
    const lease = join(leaseFolder, conflist.name, addressAt(index));
    writeFileSync(lease, `${container}\r\n${pod.ifName}`);
  }
}
