import { CniError, code } from '../../cni/error.ts';
import { sandboxId } from '../../cni/identifiers.ts';
import type { Call } from '../../cni/plugin.ts';

/** Where the pod's endpoint belongs, and so which of HNS's dialects is spoken. */
export type Sandbox =
  | {
      readonly dialect: 'v2';
      /** What an endpoint is attached to: the compute namespace's id. */
      readonly target: string;
      readonly containerId: string;
      readonly shared: false;
    }
  | {
      readonly dialect: 'v1';
      /** What an endpoint is attached to: the container's id. */
      readonly target: string;
      /** The id of the container that owns the endpoint. */
      readonly containerId: string;
      /** A workload container, which shares the endpoint of its sandbox. */
      readonly shared: boolean;
    };

const guid = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

/**
 * The sandbox CNI_NETNS speaks of. A GUID (bare, braced, or the last segment of a path, as cnitool
 * gives it) is a compute namespace; `none` and `container:<id>` are Docker's. Undefined when there
 * is none, or none that can be understood: DEL goes on without.
 */
export function readSandbox(call: Call): Sandbox | undefined {
  if (call.netns === 'none' || call.netns.startsWith('container:')) {
    return {
      dialect: 'v1',
      target: call.containerId,
      containerId: sandboxId(call),
      shared: call.netns !== 'none',
    };
  }
  const target = guid.exec(call.netns.split(/[\\/]/).at(-1) ?? '')?.[1];
  if (target === undefined) return undefined;
  return {
    dialect: 'v2',
    target: target.toLowerCase(),
    containerId: call.containerId,
    shared: false,
  };
}

/**
 * The sandbox a command cannot do without. Throws code 4 when CNI_NETNS names none, and code 7 when
 * the configuration insists on the other API.
 */
export function requireSandbox(call: Call, apiVersion: 1 | 2 | undefined): Sandbox {
  const sandbox = readSandbox(call);
  if (!sandbox) {
    throw new CniError(
      code.invalidEnvironment,
      `CNI_NETNS is not a sandbox of Windows: ${JSON.stringify(call.netns.slice(0, 200))}`,
      'expected the GUID of a compute namespace (containerd), "none" or "container:<id>" (Docker)',
    );
  }
  const wanted = sandbox.dialect === 'v2' ? 2 : 1;
  if (apiVersion === undefined || apiVersion === wanted) return sandbox;
  throw new CniError(
    code.invalidConfig,
    `apiVersion ${apiVersion} cannot serve CNI_NETNS ${JSON.stringify(call.netns)}`,
    wanted === 2
      ? 'a compute namespace needs apiVersion 2: set it, or leave apiVersion out'
      : 'Docker needs apiVersion 1: set it, or leave apiVersion out',
  );
}
