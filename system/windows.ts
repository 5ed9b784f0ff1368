import type { Argument, Ffi, Library } from './ffi.ts';

/** What is asked of Windows itself, by its own functions: no variable can say otherwise. */
export interface Windows {
  /** The folder of Windows' own programs and libraries; undefined if Windows does not say. */
  systemFolder(): string | undefined;
  /** Makes a folder with rights in words (SDDL); false when it was not made. Throws what the library says. */
  makeFolder(path: string, descriptor: string): boolean;
  /** Who owns a folder and who has which rights there, in SDDL; undefined if Windows does not say. Throws the same. */
  descriptorOf(path: string): string | undefined;
}

/** The longest path that Windows has. */
const longestPath = 32_768;

/** An address that is none: NULL. */
const none = 0n;

/** SDDL_REVISION_1. */
const revision = 1n;

/** OWNER_SECURITY_INFORMATION and DACL_SECURITY_INFORMATION. */
const ownerAndRights = 5n;

/** SE_FILE_OBJECT. */
const fileObject = 1n;

const wide = (text: string) => Buffer.from(`${text}\0`, 'utf16le');

/** Windows, by these functions of node:ffi. Its libraries are loaded by the first question that needs them. */
export function windowsBy({ copyOf, loadLibrary }: Ffi): Windows {
  let kernel: Library | undefined;
  let rights: Library | undefined;
  const kernelCall: Library['call'] = (name, ...args) => {
    // Every process of Windows has it loaded: no folder is searched.
    kernel ??= loadLibrary('kernel32.dll');
    return kernel.call(name, ...args);
  };
  const systemFolder = () => {
    const path = Buffer.alloc(longestPath * 2);
    const length = kernelCall('GetSystemDirectoryW', path, BigInt(longestPath));
    return length > 0 && length < longestPath ? path.toString('utf16le', 0, length * 2) : undefined;
  };
  const foundSystemFolder = () => {
    const folder = systemFolder();
    // Without it, the path would be one below the drive's root, where anybody may have put a library.
    if (folder === undefined) throw new Error('Windows does not say where its libraries are');
    return folder;
  };
  const rightsCall: Library['call'] = (name, ...args) => {
    rights ??= loadLibrary(`${foundSystemFolder()}\\advapi32.dll`);
    return rights.call(name, ...args);
  };
  /** Uses the memory at the address that a function gave out, and frees it. */
  const taking = <Answer>(out: Buffer, use: (address: bigint) => Answer): Answer => {
    const address = out.readBigUInt64LE();
    try {
      return use(address);
    } finally {
      kernelCall('LocalFree', address);
    }
  };
  const textAt = (address: bigint) =>
    copyOf(address, kernelCall('lstrlenW', address) * 2).toString('utf16le');
  return {
    systemFolder,
    makeFolder(path, descriptor) {
      if (path.includes('\0')) return false;
      const out = Buffer.alloc(8);
      const toDescriptor = 'ConvertStringSecurityDescriptorToSecurityDescriptorW';
      if (rightsCall(toDescriptor, wide(descriptor), revision, out, none) === 0) return false;
      return taking(out, (address) => {
        // SECURITY_ATTRIBUTES: its length, the descriptor's address, and whether a child inherits it.
        const attributes = Buffer.alloc(24);
        attributes.writeUInt32LE(attributes.length);
        attributes.writeBigUInt64LE(address, 8);
        return kernelCall('CreateDirectoryW', wide(path), attributes) !== 0;
      });
    },
    descriptorOf(path) {
      if (path.includes('\0')) return undefined;
      const out = Buffer.alloc(8);
      const asked: Argument[] = [wide(path), fileObject, ownerAndRights, none, none, none, none];
      if (rightsCall('GetNamedSecurityInfoW', ...asked, out) !== 0) return undefined;
      return taking(out, (address) => {
        const text = Buffer.alloc(8);
        const toText = 'ConvertSecurityDescriptorToStringSecurityDescriptorW';
        if (rightsCall(toText, address, revision, ownerAndRights, text, none) === 0)
          return undefined;
        return taking(text, textAt);
      });
    },
  };
}
