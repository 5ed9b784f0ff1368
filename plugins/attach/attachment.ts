import type { Call } from '../../cni/plugin.ts';
import { endpointId, endpointName, type Identity } from './identity.ts';
import { readSandbox, requireSandbox, type Sandbox } from './sandbox.ts';

/** What a command is about: an interface of a pod on a network. */
export interface PodAttachment {
  /** The network's name. */
  readonly network: string;
  readonly ifName: string;
  /** As the runtime gave it. */
  readonly netns: string;
  readonly identity: Identity;
  readonly sandbox: Sandbox;
}

/** The attachment of a command that cannot do without a sandbox. Throws as requireSandbox does. */
export function readAttachment(call: Call, apiVersion: 1 | 2 | undefined): PodAttachment {
  const sandbox = requireSandbox(call, apiVersion);
  const { ifName, netns, network } = call;
  return { network, ifName, netns, identity: identityOf(call, sandbox), sandbox };
}

/** The attachment of a DEL: its sandbox may be gone, and with it the netns. */
export function readGoneAttachment(
  call: Call,
): Pick<PodAttachment, 'identity'> & { readonly sandbox: Sandbox | undefined } {
  const sandbox = readSandbox(call);
  return { identity: identityOf(call, sandbox), sandbox };
}

/** The id and the name of a pod's endpoint: Docker's workloads share that of their sandbox. */
function identityOf(call: Call, sandbox: Sandbox | undefined): Identity {
  const { ifName, network } = call;
  const { containerId } = sandbox ?? call;
  return {
    id: endpointId(network, containerId, ifName),
    name: endpointName(containerId, network),
  };
}
