import type { Command } from './commands.ts';
import type { JsonObject } from './json-object.ts';
import type { Result } from './result.ts';
import type { SpecVersion } from './versions.ts';

/** A request that has been read and validated: identifiers in it are safe in paths and names. */
export interface Call {
  readonly command: Command;
  /** Empty for GC and STATUS, which speak of no container. */
  readonly containerId: string;
  /** Empty when the runtime gave none. */
  readonly netns: string;
  /** Empty for GC and STATUS. */
  readonly ifName: string;
  /** CNI_ARGS, taken apart. */
  readonly args: Readonly<Record<string, string>>;
  /** The folders of CNI_PATH. */
  readonly path: readonly string[];
  readonly version: SpecVersion;
  /** The network's name, from the configuration. */
  readonly network: string;
  /** The whole network configuration, its keys as they were written. */
  readonly config: JsonObject;
}

/** A CNI plugin: one function a command; ADD's alone gives a result. Errors are thrown (error.ts). */
export type Plugin = {
  readonly [Name in Command]: (call: Call) => Promise<Name extends 'ADD' ? Result : void>;
};

/**
 * Calls another plugin by its type: in process when it is one of ours, else as an executable found
 * in the call's CNI_PATH. The result is there for ADD only.
 */
export type Delegate = (type: string, call: Call) => Promise<Result | undefined>;
