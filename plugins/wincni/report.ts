import type { JsonObject } from '../../cni/json-object.ts';
import type { ExitCode } from './exit.ts';
import type { Terminal } from './terminal.ts';

/** What a command has to say: one document for programs, one text for people, made of the same. */
export interface Report {
  readonly exitCode: ExitCode;
  /** What `--json` prints, behind `"schema": 1`; its schema is published in docs/schemas. */
  readonly document: JsonObject;
  /** What is printed else; lines, the last one ended. */
  readonly text: (terminal: Terminal) => string;
}
