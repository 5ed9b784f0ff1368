import { CniError, code, isSystemError } from '../cni/error.ts';
import type { Host } from '../cni/host.ts';
import { sandboxId } from '../cni/identifiers.ts';
import type { Call, Delegate, JsonObject, Plugin } from '../cni/plugin.ts';
import type { Result } from '../cni/result.ts';
import { validAttachments } from '../cni/valid-attachments.ts';
import { removeIfThere } from '../cni/whole-files.ts';
import { type FlannelConfig, readFlannelConfig } from './config.ts';
import { bareDelegateConfig, delegateConfig, withRequest } from './delegate-config.ts';
import { allScratch, findScratch, removeScratch, saveScratch } from './scratch.ts';
import { readSubnetEnv, type SubnetEnv } from './subnet-env.ts';

/** How long a half-written subnet.env is read again, and how often, in milliseconds. */
const patience = 3_000;
const pause = 100;

/**
 * flannel: merges the configuration with what flanneld says of the node, and hands the pod to the
 * delegate. What the delegate was told is remembered, so that the pod can be checked and deleted
 * whatever became of subnet.env.
 */
export function flannel(host: Host, delegate: Delegate): Plugin {
  const ask = (call: Call, type: string, config: JsonObject) =>
    delegate(type, { ...call, config: withRequest(config, call) });
  return {
    name: 'flannel',
    add: (call) => add(host, ask, call),
    del: (call) => del(host, ask, call),
    check: (call) => check(host, ask, call),
    gc: (call) => gc(host, ask, call),
    status: (call) => status(host, ask, call),
  };
}

type Ask = (call: Call, type: string, config: JsonObject) => Promise<Result | undefined>;

async function add(host: Host, ask: Ask, call: Call): Promise<Result> {
  const config = readFlannelConfig(call);
  const env = await awaitSubnetEnv(host, config.subnetFile);
  const told = delegateConfig(call, config, env);
  const owner = ownerOf(call);
  const undo = saveScratch(host.files, config.dataDir, owner, told);
  host.log('delegate', { type: config.delegateType, config: told });
  try {
    const result = await ask(call, config.delegateType, told);
    if (result) return result;
    throw new CniError(code.delegateFailed, `plugin ${config.delegateType} answered no result`);
  } catch (error) {
    await abandon(host, ask, call, config.delegateType, told, undo);
    throw error;
  }
}

/**
 * SPEC.md, section 4: a delegate whose ADD failed is told DEL. The scratch file stays if that fails
 * too, for the runtime's own DEL; the error of ADD is the answer.
 */
async function abandon(
  host: Host,
  ask: Ask,
  call: Call,
  type: string,
  told: JsonObject,
  undo: () => void,
): Promise<void> {
  try {
    await ask({ ...call, command: 'DEL' }, type, told);
    undo();
  } catch (error) {
    host.log('delegate not undone', {
      type,
      error: error instanceof Error ? error.message : error,
    });
  }
}

async function del(host: Host, ask: Ask, call: Call): Promise<void> {
  const config = readFlannelConfig(call);
  const owner = ownerOf(call);
  const { config: told, type } = remembered(host, call, config);
  await ask(call, type, told);
  removeScratch(host.files, config.dataDir, owner);
}

async function check(host: Host, ask: Ask, call: Call): Promise<void> {
  const config = readFlannelConfig(call);
  const { config: told, type } = remembered(host, call, config);
  await ask(call, type, told);
}

async function gc(host: Host, ask: Ask, call: Call): Promise<void> {
  const config = readFlannelConfig(call);
  const valid = validAttachments(call);
  const scratches = allScratch(host.files, config.dataDir, call.network);
  const env = readNow(host, config.subnetFile);
  const told = env
    ? { type: config.delegateType, config: delegateConfig(call, config, env) }
    : (scratches[0] ?? { type: config.delegateType, config: bareDelegateConfig(call, config) });
  await ask(call, told.type, told.config);
  for (const { owner, path } of scratches) {
    const id = owner?.sandboxId ?? path.slice(config.dataDir.length).replace(/^[\\/]+/, '');
    const stays = valid.some(
      ({ containerId, ifName }) =>
        containerId === id && (owner === undefined || ifName === owner.ifName),
    );
    if (!stays && removeIfThere(host.files, path)) host.log('scratch file collected', { path });
  }
}

async function status(host: Host, ask: Ask, call: Call): Promise<void> {
  const config = readFlannelConfig(call);
  const reading = readFile(host, config.subnetFile);
  if (reading.state !== 'whole') {
    const { details, message } = complaintOf(config.subnetFile, reading);
    throw new CniError(code.unavailable, message, details);
  }
  await ask(call, config.delegateType, delegateConfig(call, config, reading.env));
}

function ownerOf(call: Call) {
  return { sandboxId: sandboxId(call), ifName: call.ifName };
}

/** What the delegate was told at ADD; failing that, what it would be told now; failing that, less. */
function remembered(host: Host, call: Call, config: FlannelConfig) {
  const scratch = findScratch(host.files, config.dataDir, ownerOf(call), call.network);
  if (scratch) return scratch;
  const env = readNow(host, config.subnetFile);
  host.log('scratch file missing', { rebuilt: env !== undefined });
  return {
    type: config.delegateType,
    config: env ? delegateConfig(call, config, env) : bareDelegateConfig(call, config),
  };
}

type Reading =
  | ReturnType<typeof readSubnetEnv>
  | { readonly state: 'absent'; readonly why: string };

function readFile(host: Host, path: string): Reading {
  try {
    return readSubnetEnv(host.files.read(path));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { state: 'absent', why: error.message };
  }
}

function readNow(host: Host, path: string): SubnetEnv | undefined {
  const reading = readFile(host, path);
  return reading.state === 'whole' ? reading.env : undefined;
}

/**
 * Reads subnet.env. One that is not complete yet is read again for a while: flanneld writes it in
 * place on Windows. Throws code 11, naming what is missing.
 */
async function awaitSubnetEnv(host: Host, path: string): Promise<SubnetEnv> {
  const end = host.clock.now() + patience;
  for (;;) {
    const reading = readFile(host, path);
    if (reading.state === 'whole') return reading.env;
    const more = reading.state === 'incomplete' && host.clock.now() + pause <= end;
    if (!more) throw complaintOf(path, reading);
    await host.clock.sleep(pause);
  }
}

function complaintOf(path: string, reading: Exclude<Reading, { readonly state: 'whole' }>) {
  switch (reading.state) {
    case 'absent':
      return new CniError(
        code.tryAgain,
        `failed to load flannel 'subnet.env' file: ${reading.why}`,
        `flanneld is not running, or writes another file: check the flannel pod of this node, and "subnetFile" (${path})`,
      );
    case 'incomplete':
      return new CniError(
        code.tryAgain,
        `${path} is missing ${reading.missing.join(', ')}`,
        'flanneld has not written it to its end: check the flannel pod of this node',
      );
    case 'wrong':
      return new CniError(
        code.tryAgain,
        `${path} is wrong: ${reading.complaint}`,
        'check the flannel pod of this node, and net-conf.json',
      );
  }
}
