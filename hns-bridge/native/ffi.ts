import * as ffi from 'node:ffi';
import { ffiOver } from '../../system/ffi.ts';

/** node:ffi for the native way, which cannot do without: importing this throws where Node has none. */
export const { addressOf, copyOf, loadLibrary } = ffiOver(ffi);
