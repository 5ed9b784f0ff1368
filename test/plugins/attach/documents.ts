import { expect } from 'vitest';
import { sandboxes } from '../../helpers/trial-node.ts';

/** Parts of HNS's documents and of results, as the examples expect them. */

/** HNS chooses it, of Microsoft's range. */
export const macOfHns = expect.stringMatching(/^00-15-5D(?:-[\dA-F]{2}){3}$/);

export const eth0 = { name: 'eth0', mac: macOfHns, sandbox: sandboxes.first };

export const natPolicy = (...Exceptions: string[]) => ({
  Type: 'OutBoundNAT',
  Settings: { Exceptions },
});

export const routePolicy = (DestinationPrefix: string) => ({
  Type: 'SDNRoute',
  Settings: { DestinationPrefix, NeedEncap: true },
});

export const providerPolicy = (ProviderAddress: string) => ({
  Type: 'ProviderAddress',
  Settings: { ProviderAddress },
});

export const portPolicy = (Settings: object) => ({ Type: 'PortMapping', Settings });

/** The rule that lets a mapped port in. */
export const letIn = (Protocols: string, LocalPorts: string) => ({
  Type: 'ACL',
  Settings: { Protocols, Action: 'Allow', Direction: 'In', LocalPorts, Priority: 1000 },
});

/** The rule that keeps an endpoint with other rules able to reach anybody. */
export const allowOut = {
  Type: 'ACL',
  Settings: { Action: 'Allow', Direction: 'Out', Priority: 2000 },
};

/** A default route. */
export const via = (NextHop: string) => ({
  NextHop,
  DestinationPrefix: NextHop.includes(':') ? '::/0' : '0.0.0.0/0',
});
