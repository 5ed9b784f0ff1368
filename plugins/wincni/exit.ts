/** How the operator's commands end (docs/commands.md). */
export const exit = {
  fine: 0,
  /** It failed, or has a bug. */
  failed: 1,
  /** It was called wrongly: nothing was done. */
  usage: 2,
  /** It looked, and found what must be mended. */
  failures: 3,
  /** It looked, and found warnings only. */
  warnings: 4,
  /** It could not look: rights, HNS. */
  blind: 5,
  /** It would change something, and nobody confirmed it. */
  unconfirmed: 6,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** Why a command ends without a report: a sentence, and what to do. */
export class OperatorError extends Error {
  readonly exitCode: ExitCode;
  /** What to do, lines; a command to run stands alone on its line. */
  readonly remedy: readonly string[];

  constructor(
    exitCode: ExitCode,
    message: string,
    remedy: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'OperatorError';
    this.exitCode = exitCode;
    this.remedy = remedy;
  }
}
