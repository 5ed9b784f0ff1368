import { isAttachments } from '../../cni/valid-attachments.ts';

/** The host's own endpoint on a bridge, and kube-proxy's source address on an overlay. */
const hostEndpoints = /^(?:cbr0_ep|sourcevip|source-vip|dummy|kube-proxy)(?:_.*)?$/i;

/** Whether an endpoint's name is one that start scripts give to what is the host's own. */
export function isHostEndpoint(name: string): boolean {
  return hostEndpoints.test(name);
}

/**
 * The container whose endpoint has such a name on a network (identity.ts, endpointName); undefined for the
 * host's own, and for names that no pod's endpoint has.
 */
export function containerOfEndpoint(name: string, network: string): string | undefined {
  const suffix = `_${network}`;
  if (isHostEndpoint(name) || !name.endsWith(suffix)) return undefined;
  const containerId = name.slice(0, -suffix.length);
  return isAttachments({ containerId, ifName: undefined }) ? containerId : undefined;
}
