import type { Address } from '../cni/address.ts';
import { delegateCall } from '../cni/delegate.ts';
import { CniError, code, invalidConfig } from '../cni/error.ts';
import { isJsonObject, keyValue } from '../cni/keys.ts';
import type { Call, Delegate } from '../cni/plugin.ts';
import type { Host } from '../system/host.ts';
import type { Allocation } from './allocation.ts';
import { readAllocation } from './allocation-result.ts';
import { hostLocalSource } from './host-local/source.ts';

/**
 * Who gives a pod its addresses, and takes them back: about the container's interface of the call
 * that it was opened for. Nothing is read of the configuration but `ipam.type` before the first
 * question: what is wrong with the rest, the question throws.
 */
export interface AddressSource {
  /**
   * Whether asking twice gives the same answer. Such a source can be asked before HNS is, while
   * the way to HNS is still opening.
   */
  readonly repeatable: boolean;
  /** Whether HNS itself assigns the address: it is known once the endpoint has been created. */
  readonly assignedByHns: boolean;
  /** Undefined when HNS itself assigns the address. `reserved` addresses are not given. */
  allocate(reserved: readonly Address[]): Promise<Allocation | undefined>;
  /** Whether the pod holds all these addresses already. */
  holds(addresses: readonly Address[]): Promise<boolean>;
  /** Gives back these addresses of the pod, or all of them. */
  release(only?: readonly Address[]): Promise<void>;
  /** CHECK: throws when the pod does not hold what prevResult says. */
  check(): Promise<void>;
  /** GC: gives back what no valid attachment holds. */
  gc(): Promise<void>;
  /** STATUS: throws when no address could be given. */
  status(): Promise<void>;
}

/**
 * The source a configuration names: host-local in process, another executable from CNI_PATH, or,
 * without `ipam.type`, HNS itself. Throws code 7 when `ipam.type` is no text.
 */
export function openAddressSource(
  { delegate, host }: { readonly host: Host; readonly delegate: Delegate },
  call: Call,
): AddressSource {
  const ipam = keyValue(call.config, 'ipam');
  const type = isJsonObject(ipam) ? keyValue(ipam, 'type') : undefined;
  if (type === undefined || type === '') return hnsItself;
  if (typeof type !== 'string') throw invalidConfig('ipam.type', 'expected string');
  return type === 'host-local'
    ? hostLocalSource(host, call)
    : executableSource(delegate, type, call);
}

const hnsItself: AddressSource = {
  repeatable: false,
  assignedByHns: true,
  allocate: async () => undefined,
  holds: async () => true,
  release: async () => {},
  check: async () => {},
  gc: async () => {},
  status: async () => {},
};

function executableSource(delegate: Delegate, type: string, call: Call): AddressSource {
  const ask = (command: Call['command']) =>
    delegate(type, delegateCall({ ...call, command }, call.config));
  const giveBack = async () => {
    await ask('DEL');
  };
  return {
    repeatable: false,
    assignedByHns: false,
    allocate: async () => {
      try {
        const result = await ask('ADD');
        if (!result || result.ips.length === 0) {
          throw new CniError(code.delegateFailed, `IPAM plugin ${type} answered no address`);
        }
        return readAllocation(result);
      } catch (error) {
        // SPEC.md, section 4: a delegate whose ADD failed is told DEL; the first error is the answer.
        await giveBack().catch(() => {});
        throw error;
      }
    },
    // CNI has no command to ask it: ADD would take another address.
    holds: async () => true,
    release: giveBack,
    check: async () => {
      await ask('CHECK');
    },
    gc: async () => {
      await ask('GC');
    },
    status: async () => {
      await ask('STATUS');
    },
  };
}
