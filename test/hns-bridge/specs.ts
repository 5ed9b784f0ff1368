import { type HnsError, refusal } from '../../hns-bridge/error.ts';
import type { EndpointSpec } from '../../hns-bridge/model.ts';

export const noDns = { search: [], servers: [], options: [] };

/** An endpoint of two families to ask for, with changes. */
export function specOf(changes: Partial<EndpointSpec>): EndpointSpec {
  return {
    id: '1f0c2b3a-4d5e-5f60-8a7b-9c0d1e2f3a01',
    name: 'pod1_net',
    networkId: 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb00',
    addresses: [
      { address: '10.244.1.7', prefixLength: 24 },
      { address: 'fd00:1::7', prefixLength: 64 },
    ],
    routes: [
      { destination: '0.0.0.0/0', nextHop: '10.244.1.2' },
      { destination: '::/0', nextHop: 'fd00:1::1' },
    ],
    dns: noDns,
    policies: [],
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
