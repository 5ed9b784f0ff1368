import { type Address, type Cidr, parseAddress, parseCidr } from '../../../cni/address.ts';
import type { JsonObject } from '../../../cni/json-object.ts';
import type { Call } from '../../../cni/plugin.ts';
import { policyDocument } from '../../../hns-bridge/policy/policy.ts';
import type { Dialect } from '../../../hns-bridge/policy/types.ts';
import { readAttachConfig } from '../../../plugins/attach/config.ts';
import { type Mode, modes } from '../../../plugins/attach/modes.ts';
import type { Network } from '../../../plugins/attach/network.ts';
import { type Plan, planEndpoint } from '../../../plugins/attach/plan.ts';

export const cidr = (text: string): Cidr => parseCidr(text) ?? noAddress(text);
const address = (text: string): Address => parseAddress(text) ?? noAddress(text);

function noAddress(text: string): never {
  throw new Error(`not an address: ${text}`);
}

const subnets = [{ cidr: cidr('10.244.1.0/24'), gateway: address('10.244.1.1') }];
const overlayNetwork: Network = {
  id: 'a1b2c3d4-0000-4000-8000-000000000001',
  name: 'flannel.4096',
  type: 'Overlay',
  subnets,
  managementAddress: '192.168.10.5',
};
const bridgeNetwork: Network = {
  id: 'a1b2c3d4-0000-4000-8000-000000000002',
  name: 'cbr0',
  type: 'L2Bridge',
  subnets,
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
  readonly dialect?: Dialect;
}

/** The plan of a pod with this configuration, its notes after those of reading it. */
export function planFor(mode: Mode, written: JsonObject, options: Options = {}): Plan {
  const config = readAttachConfig(mode, callWith(written, options.args));
  const plan = planEndpoint({
    mode,
    config,
    network: options.network ?? (mode === modes.overlay ? overlayNetwork : bridgeNetwork),
    identity: { id: 'ffffffff-0000-5000-8000-000000000001', name: 'pod1_net' },
    ips: (options.ips ?? ['10.244.1.7/24']).map((text) => ({
      cidr: cidr(text),
      gateway: address(options.gateway ?? '10.244.1.1'),
    })),
    dns: { from: "IPAM's answer", value: {} },
    loopbackDsr: options.loopbackDsr ?? false,
    dialect: options.dialect ?? 'v2',
  });
  return { ...plan, notes: [...config.notes, ...plan.notes] };
}

/** The policies of a plan, as V2 is asked for them. */
export const policiesOf = ({ endpoint }: Plan) =>
  (endpoint.Policies ?? []).map((entry) => policyDocument(entry, 'v2'));

/** An entry of `policies`. */
export const policy = (value: JsonObject, name = 'EndpointPolicy') => ({ name, value });
/** One exception list. */
export const nat = (...Exceptions: string[]) => ({ Type: 'OutBoundNAT', Settings: { Exceptions } });
/** The OutBoundNAT policies of a plan. */
export const snatOf = (plan: Plan) => policiesOf(plan).filter(({ Type }) => Type === 'OutBoundNAT');
