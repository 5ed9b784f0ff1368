import * as z from 'zod/mini';
import { exit, OperatorError } from './exit.ts';
import type { Operator } from './operator.ts';
import type { Report } from './report.ts';
import type { Terminal } from './terminal.ts';

/** A command of the operator's: how it is called, and what it does. */
export interface OperatorCommand {
  /** One word, or two: `lease release`. */
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** More of it for its own --help, paragraphs. */
  readonly about?: string;
  /** `<ip>`, `[conf...]`: commander's notation. */
  readonly arguments?: readonly Described[];
  /** `--out <file>`: commander's notation. */
  readonly options?: readonly Described[];
  /** What `--help <topic>` prints: `doctor --help limits`. */
  readonly topics?: readonly Topic[];
  /** Whole command lines, each with what it does. At least one. */
  readonly examples: readonly [Described, ...Described[]];
  /** Whether it changes something: it has --dry-run and --yes then. */
  readonly changes?: boolean;
  /** What `--json` prints, without `schema`: published as docs/schemas/<name>.json. */
  readonly document: () => z.ZodMiniType;
  readonly run: (operator: Operator, given: unknown) => Promise<Report>;
}

export type Described = readonly [what: string, about: string];

export type Topic = readonly [name: string, about: string, text: (terminal: Terminal) => string];

/** All options of a command: its own, and those that every command has of its kind. */
export function optionsOf({ changes, options = [] }: OperatorCommand): readonly Described[] {
  const ofChanges: readonly Described[] = [
    ['--dry-run', 'says what it would do, and does nothing'],
    ['--yes', 'does it without asking'],
  ];
  return [
    ...options,
    ...(changes ? ofChanges : []),
    ['--json', 'prints one JSON document (docs/schemas)'],
  ];
}

/** The command whose arguments and options are read by a schema. */
export function operatorCommand<Given>(
  command: Omit<OperatorCommand, 'run'> & {
    /** Of `{arguments: […], options: {confDir: …}}`, as commander names options. */
    readonly given: () => z.ZodMiniType<Given>;
    readonly run: (operator: Operator, given: Given) => Promise<Report>;
  },
): OperatorCommand {
  const { given, run, ...rest } = command;
  return {
    ...rest,
    async run(operator, raw) {
      const { data, error } = z.safeParse(given(), raw);
      if (data !== undefined) return run(operator, data);
      const [issue] = error?.issues ?? [];
      const where = issue?.path.filter((step) => step !== 'options' && step !== 'arguments');
      throw new OperatorError(exit.usage, `${where?.join('.')}: ${issue?.message}`, [
        `wincni ${command.name} --help`,
      ]);
    },
  };
}
