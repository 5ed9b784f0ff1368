import { CniError, code, toCniError } from '../../cni/error.ts';
import { sandboxId } from '../../cni/identifiers.ts';
import { withoutKey } from '../../cni/keys.ts';
import type { Call, Delegate, JsonObject, Plugin } from '../../cni/plugin.ts';
import type { Result } from '../../cni/result.ts';
import { type Attachment, validAttachments } from '../../cni/valid-attachments.ts';
import type { Host } from '../../system/host.ts';
import { removeIfThere, sweepUnfinished } from '../../system/whole-files.ts';
import { type FlannelConfig, readFlannelConfig } from './config.ts';
import { delegateCall, delegateConfig, networkWide, subnetsIn } from './delegate-config.ts';
import {
  forget,
  type Owner,
  type Recalled,
  type Remembered,
  recall,
  remember,
  scratchesOf,
} from './scratch.ts';
import { readSubnetEnv, type SubnetEnv, subnetEnvAtOnce } from './subnet-env.ts';

/**
 * flannel: joins what the operator's configuration says with what flanneld says of this node, hands
 * it to a delegate that attaches the pod, and remembers it for the pod's end.
 */
export function flannel(host: Host, delegate: Delegate): Plugin {
  const deps = { host, delegate };
  return {
    ADD: (call) => add(deps, call),
    DEL: (call) => del(deps, call),
    CHECK: (call) => check(deps, call),
    GC: (call) => gc(deps, call),
    STATUS: (call) => status(deps, call),
  };
}

interface Deps {
  readonly host: Host;
  readonly delegate: Delegate;
}

/** Which plugin is called, about which network, and how it is configured. */
interface Target {
  readonly type: string;
  readonly network: string;
  readonly config: JsonObject;
}

/** The configuration is remembered before it is used: a crash leaves what DEL needs. */
async function add(deps: Deps, call: Call): Promise<Result> {
  const { host, delegate } = deps;
  const config = readFlannelConfig(call);
  const owner = ownerOf(call);
  const env = await readSubnetEnv(host, config.subnetFile);
  const target = build(call, config, env);
  const remembered = rememberFor(deps, call, config, owner, target);
  try {
    const result = await delegate(target.type, toDelegate(call, target));
    if (result) return result;
    throw new CniError(code.delegateFailed, `plugin ${target.type} answered ADD without a result`);
  } catch (error) {
    // A repeated ADD must not take from the pod what an earlier one gave it.
    if (remembered.fresh) await takeBack(deps, call, target, remembered.path);
    throw error;
  }
}

function rememberFor(
  { host }: Deps,
  call: Call,
  config: FlannelConfig,
  owner: Owner,
  target: Target,
): { readonly path: string; readonly fresh: boolean } {
  // A workload container shares its sandbox's network, whose DEL needs what the sandbox was told.
  const shared = isWorkload(call) ? recall(host.files, config.dataDir, owner) : undefined;
  const remembered = shared?.scratch
    ? { path: shared.path, fresh: false }
    : remember(host, config.dataDir, owner, target.config);
  host.log('delegate configuration remembered', remembered);
  return remembered;
}

/** SPEC.md, section 4: a delegate whose ADD failed is told DEL; the first error is the answer. */
async function takeBack(
  { host, delegate }: Deps,
  call: Call,
  target: Target,
  path: string,
): Promise<void> {
  try {
    // A prevResult of ADD is that of the plugins before us: nothing the delegate made.
    const config = withoutKey(call.config, 'prevResult');
    await delegate(target.type, toDelegate({ ...call, command: 'DEL', config }, target));
    removeIfThere(host.files, path);
  } catch (error) {
    host.log('DEL after the failed ADD failed too', { path, error: toCniError(error).message });
  }
}

/** What was remembered is forgotten only once the delegate has deleted: a failed DEL is repeated. */
async function del({ host, delegate }: Deps, call: Call): Promise<void> {
  const config = readFlannelConfig(call);
  const owner = ownerOf(call);
  const found = recall(host.files, config.dataDir, owner);
  const target =
    targetOf(host, call, found) ?? build(call, config, subnetEnvAtOnce(host, config.subnetFile));
  await delegate(target.type, toDelegate(call, target));
  if (isWorkload(call)) return;
  forget(host.files, config.dataDir, owner, found?.path);
}

async function check({ host, delegate }: Deps, call: Call): Promise<void> {
  const config = readFlannelConfig(call);
  const target = targetOf(host, call, recall(host.files, config.dataDir, ownerOf(call)));
  if (!target) {
    const env = await readSubnetEnv(host, config.subnetFile);
    const rebuilt = build(call, config, env);
    await delegate(rebuilt.type, toDelegate(call, rebuilt));
    return;
  }
  // A node may get another subnet while pods of the old one live on: the delegate says if it hurts.
  const now = subnetEnvAtOnce(host, config.subnetFile)?.subnets;
  const then = subnetsIn(target.config);
  if (now && now.join() !== then.join()) host.log('the node has another subnet now', { then, now });
  await delegate(target.type, toDelegate(call, target));
}

/**
 * The delegate cleans up first, and what was remembered of containers that are gone goes after it.
 * Throws code 11 when neither subnet.env nor a scratch file told the delegate the network's subnet.
 */
async function gc({ host, delegate }: Deps, call: Call): Promise<void> {
  const valid = validAttachments(call);
  const config = readFlannelConfig(call);
  const env = subnetEnvAtOnce(host, config.subnetFile);
  const { failures, scratches } = scratchesOf(host.files, config.dataDir, call.network);
  const [any] = scratches;
  const built = build(call, config, env);
  const target = !env && any ? { ...any.scratch, config: networkWide(any.scratch.config) } : built;
  await delegate(target.type, toDelegate(call, target));
  // Without the list, nobody knows what is stale.
  if (valid) collect(host, scratches, valid, failures);
  sweepUnfinished(host, config.dataDir);
  if (env || any) return;
  throw new CniError(
    code.tryAgain,
    `GC of ${call.network} knew no subnet: ${config.subnetFile} cannot be used, and no scratch file is left`,
    'what could be cleaned up without it was; start flanneld for the rest',
  );
}

/** Forgets the containers that are gone. Throws the first failure, having tried them all. */
function collect(
  host: Host,
  scratches: readonly Remembered[],
  valid: readonly Attachment[],
  unreadable: readonly unknown[],
): void {
  const failures = [...unreadable];
  for (const { owner, path } of scratches) {
    if (isValid(owner, valid)) continue;
    try {
      removeIfThere(host.files, path);
      host.log('scratch file collected', { path });
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** The reference did not write the interface down: there, any of the container's keeps the file. */
function isValid(owner: Owner, valid: readonly Attachment[]): boolean {
  return valid.some(
    ({ containerId, ifName }) =>
      // Windows knows one file of names that differ in letter case alone.
      containerId.toLowerCase() === owner.sandbox.toLowerCase() &&
      (owner.ifName === '' || ifName === owner.ifName),
  );
}

async function status({ host, delegate }: Deps, call: Call): Promise<void> {
  const config = readFlannelConfig(call);
  const env = await readSubnetEnv(host, config.subnetFile).catch((error: unknown) => {
    const { message, details } = toCniError(error);
    throw new CniError(code.unavailable, message, details, { cause: error });
  });
  const target = build(call, config, env);
  await delegate(target.type, toDelegate(call, target));
}

function build(call: Call, config: FlannelConfig, env: SubnetEnv | undefined): Target {
  return { ...delegateConfig(call, config, env), network: call.network };
}

function toDelegate(call: Call, target: Target): Call {
  return delegateCall(call, target.network, target.config);
}

function targetOf(host: Host, call: Call, found: Recalled | undefined): Target | undefined {
  const { path, scratch } = found ?? {};
  if (!scratch) {
    host.log('no scratch file to go by', { path });
    return undefined;
  }
  if (scratch.network !== call.network) {
    // The operator renamed the network, and the pod is still on the old one.
    host.log('the pod was attached to another network', { path, network: scratch.network });
  }
  return scratch;
}

/** A workload container of Docker, which lives in the network of its sandbox. */
function isWorkload(call: Call): boolean {
  return call.netns.startsWith('container:');
}

function ownerOf(call: Call): Owner {
  return { sandbox: sandboxId(call), ifName: call.ifName };
}
