import type { Call, JsonObject } from '../../../cni/plugin.ts';
import type { EndpointPolicy, Network } from '../../../hns-bridge/model.ts';
import { readAttachConfig } from '../../../plugins/attach/config.ts';
import { type Mode, modes } from '../../../plugins/attach/modes.ts';
import { planEndpoint } from '../../../plugins/attach/plan.ts';

const overlayNetwork: Network = {
  id: 'a1b2c3d4-0000-4000-8000-000000000001',
  name: 'flannel.4096',
  type: 'Overlay',
  subnets: [{ prefix: '10.244.1.0/24', gateway: '10.244.1.1' }],
  managementAddress: '192.168.10.5',
};
const bridgeNetwork: Network = {
  id: 'a1b2c3d4-0000-4000-8000-000000000002',
  name: 'cbr0',
  type: 'L2Bridge',
  subnets: [{ prefix: '10.244.1.0/24', gateway: '10.244.1.1' }],
  managementAddress: '192.168.10.5',
};

/** A call with these keys in its configuration. */
export const callWith = (config: JsonObject, args: Record<string, string> = {}): Call => ({
  command: 'ADD',
  containerId: 'pod1',
  netns: '8e3b6a40-1111-4222-8333-444455556666',
  ifName: 'eth0',
  args,
  path: [],
  version: '1.0.0',
  network: 'net',
  config: { cniVersion: '1.0.0', name: 'net', type: 'x', ...config },
});

/** What a plan is made from beside the configuration. */
export interface Options {
  readonly network?: Network;
  readonly ips?: readonly string[];
  readonly gateway?: string;
  readonly args?: Record<string, string>;
  readonly loopbackDsr?: boolean;
}

/** The plan of a pod with this configuration. */
export function planFor(mode: Mode, config: JsonObject, options: Options = {}) {
  return planEndpoint({
    mode,
    config: readAttachConfig(mode, callWith(config, options.args)),
    network: options.network ?? (mode === modes.overlay ? overlayNetwork : bridgeNetwork),
    id: 'ffffffff-0000-5000-8000-000000000001',
    name: 'pod1_net',
    ips: (options.ips ?? ['10.244.1.7/24']).map((address) => ({
      address,
      gateway: options.gateway ?? '10.244.1.1',
    })),
    loopbackDsr: options.loopbackDsr ?? false,
  });
}

/** An entry of `policies`. */
export const policy = (value: JsonObject, name = 'EndpointPolicy') => ({ name, value });
/** One exception list. */
export const nat = (...exceptions: string[]): EndpointPolicy => ({
  kind: 'outbound-nat',
  exceptions,
  destinations: [],
});
/** The OutBoundNAT policies of a plan. */
export const snatOf = (plan: ReturnType<typeof planFor>) =>
  plan.spec.policies.filter((entry) => entry.kind === 'outbound-nat');
