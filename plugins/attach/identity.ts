import { sha1 } from './sha1.ts';

/** How a pod's endpoint is known. */
export interface Identity {
  readonly id: string;
  readonly name: string;
}

/** Names an endpoint as the reference does, so that nodes can be upgraded in place. */
export function endpointName(containerId: string, network: string): string {
  return `${containerId}_${network}`;
}

/** The namespace of our UUIDs: any constant will do, as long as it never changes. */
const namespaceBytes = Uint8Array.from([
  0x8c, 0x1f, 0x5e, 0x42, 0x2d, 0x7b, 0x4a, 0x90, 0x9e, 0x33, 0x6b, 0x0d, 0xc4, 0x17, 0xe5, 0xa8,
]);

/**
 * The id of a pod's endpoint: a UUID of version 5 (RFC 9562) of network, container and interface, so
 * that a repeated ADD finds its own endpoint and DEL needs no search.
 */
export function endpointId(network: string, containerId: string, ifName: string): string {
  // None of the three can hold a line break: they were validated with the request.
  return uuid(`${network}\n${containerId}\n${ifName}`);
}

/** The id of a network that we make: of 50 commands that make it at once, HNS lets one succeed. */
export function networkId(network: string): string {
  return uuid(`network\n${network}`);
}

function uuid(name: string): string {
  const digest = sha1(Buffer.concat([namespaceBytes, Buffer.from(name)]));
  const variant = ((Number.parseInt(digest.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `5${digest.slice(13, 16)}`,
    `${variant}${digest.slice(18, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}

/** Whether an id is of our scheme. HNS and the reference make theirs at random: version 4 or 1. */
export function isOurScheme(id: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(id);
}
