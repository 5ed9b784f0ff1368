import { delegateCall } from '../cni/delegate.ts';
import { CniError, code } from '../cni/error.ts';
import { isJsonObject, keyValue } from '../cni/keys.ts';
import type { Call, Delegate } from '../cni/plugin.ts';
import type { Result } from '../cni/result.ts';
import type { Host } from '../system/host.ts';
import { allocate } from './host-local/add.ts';
import { checkLease } from './host-local/check.ts';
import { release } from './host-local/del.ts';
import { collect } from './host-local/gc.ts';
import { holdsAll } from './host-local/owned.ts';
import { status } from './host-local/status.ts';

/** Addresses a pod was given. */
export interface Lease {
  readonly result: Result;
  /** The addresses this command took; those the pod had before are not among them. */
  readonly fresh: readonly string[];
}

/** Who gives a pod its addresses, and how to take them back. */
export interface AddressSource {
  /**
   * Whether asking twice gives the same answer. Such a source can be asked before HNS is, while
   * the way to HNS is still opening.
   */
  readonly repeatable: boolean;
  /** Whether nobody but HNS knows the addresses, and it not before the endpoint is there. */
  readonly ofHns: boolean;
  /** Undefined when HNS itself chooses. `reserved` addresses are not given. */
  acquire(reserved: readonly string[]): Promise<Lease | undefined>;
  /** Whether the pod holds these addresses already. */
  holds(addresses: readonly string[]): Promise<boolean>;
  /** Gives back these addresses of the pod, or all of them. */
  release(only?: readonly string[]): Promise<void>;
  check(): Promise<void>;
  gc(): Promise<void>;
  status(): Promise<void>;
}

/**
 * The source a configuration names: host-local in process, another executable from CNI_PATH, or,
 * without `ipam.type`, HNS itself.
 */
export function addressSource(host: Host, delegate: Delegate, call: Call): AddressSource {
  const ipam = keyValue(call.config, 'ipam');
  const type = isJsonObject(ipam) ? keyValue(ipam, 'type') : undefined;
  if (type === undefined || type === '') return hnsItself;
  if (typeof type !== 'string') {
    throw new CniError(
      code.invalidConfig,
      'invalid network configuration: ipam.type: expected string',
    );
  }
  return type === 'host-local'
    ? hostLocalSource(host, call)
    : executableSource(delegate, type, call);
}

const hnsItself: AddressSource = {
  repeatable: false,
  ofHns: true,
  acquire: async () => undefined,
  holds: async () => true,
  release: async () => {},
  check: async () => {},
  gc: async () => {},
  status: async () => {},
};

function hostLocalSource(host: Host, call: Call): AddressSource {
  return {
    repeatable: true,
    ofHns: false,
    acquire: async (reserved) => allocate(host, call, { reserved }),
    holds: async (addresses) => holdsAll(host, call, addresses),
    release: async (only) => release(host, call, only),
    check: async () => checkLease(host, call),
    gc: async () => collect(host, call),
    status: async () => status(host, call),
  };
}

function executableSource(delegate: Delegate, type: string, call: Call): AddressSource {
  const ask = (command: Call['command']) =>
    delegate(type, delegateCall({ ...call, command }, call.config));
  const giveBack = async () => {
    await ask('DEL');
  };
  return {
    repeatable: false,
    ofHns: false,
    acquire: async () => {
      try {
        const result = await ask('ADD');
        if (!result || result.ips.length === 0) {
          throw new CniError(code.delegateFailed, `IPAM plugin ${type} answered no address`);
        }
        return { result, fresh: result.ips.map((ip) => ip.address.split('/')[0] ?? ip.address) };
      } catch (error) {
        // SPEC.md, section 4: a delegate whose ADD failed is told DEL; the first error is the answer.
        await giveBack().catch(() => {});
        throw error;
      }
    },
    // Another executable can only be asked for more.
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
