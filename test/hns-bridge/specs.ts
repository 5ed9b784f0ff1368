import type { WantedEndpoint } from '../../hns-bridge/client.ts';
import { type HnsError, refusal } from '../../hns-bridge/error.ts';

/** An endpoint of two families to ask for, with changes. */
export function wantedEndpoint(changes: Partial<WantedEndpoint> = {}): WantedEndpoint {
  return {
    ID: '1f0c2b3a-4d5e-5f60-8a7b-9c0d1e2f3a01',
    Name: 'pod1_net',
    HostComputeNetwork: 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb00',
    IpConfigurations: [
      { IpAddress: '10.244.1.7', PrefixLength: 24 },
      { IpAddress: 'fd00:1::7', PrefixLength: 64 },
    ],
    Routes: [
      { DestinationPrefix: '0.0.0.0/0', NextHop: '10.244.1.2' },
      { DestinationPrefix: '::/0', NextHop: 'fd00:1::1' },
    ],
    Dns: {},
    ...changes,
  };
}

/** HNS's refusal with a code. */
export function refusedWith(code: number): HnsError {
  return refusal('do it', code, 'said HNS');
}

/** Every way in which HNS says that an object is not there. */
export const missing: readonly (readonly [name: string, error: HnsError])[] = [
  0x803b0001, 0x803b0002, 0x80070490, 1168,
].map((code) => [`0x${code.toString(16)}`, refusedWith(code)]);
