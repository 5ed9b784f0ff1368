import type { Address } from '../../cni/address.ts';
import type { Attachment } from '../../cni/valid-attachments.ts';

/** Whose a lease is. Old versions of the reference wrote no interface: `ifName` is then undefined. */
export interface Owner {
  readonly containerId: string;
  readonly ifName: string | undefined;
}

/** A lease as it is on the disk. */
export interface Lease {
  readonly address: Address;
  /** Undefined: nothing stands in the file, and it is nobody's. */
  readonly owner: Owner | undefined;
  /** When it was taken, in milliseconds since 1970, where that was looked at. */
  readonly taken?: number;
}

/** What stands in a lease, as the reference writes it. */
export function leaseText({ containerId, ifName }: Attachment): string {
  return `${containerId}\r\n${ifName}`;
}

/** The owner that stands in a lease; undefined when nothing does. */
export function readOwner(text: string): Owner | undefined {
  if (isBlank(text)) return undefined;
  const lines = text.trim().split(/\r?\n/);
  const [containerId = '', ifName] = lines.map((line) => line.trim());
  return { containerId, ifName };
}

/** Empty, or the zeros that NTFS shows for what a power cut kept from the disk. */
export function isBlank(text: string): boolean {
  return /^[\s\0]*$/.test(text);
}

/** Whether a lease is a container's interface's; one without an interface is each interface's. */
export function isOwnedBy({ owner }: Lease, { containerId, ifName }: Attachment): boolean {
  if (owner?.containerId !== containerId) return false;
  return owner.ifName === undefined || owner.ifName === ifName;
}
