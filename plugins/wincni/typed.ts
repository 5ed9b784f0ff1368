import { quoted } from './checks/commands.ts';

/** What a command may have been given, of what it is to be given again. */
export interface TypedOptions {
  readonly binDir?: string | undefined;
  readonly confDir?: string | undefined;
  readonly programDir?: string | undefined;
  readonly network?: string | undefined;
  readonly names?: string | undefined;
  readonly copy?: boolean | undefined;
  readonly force?: boolean | undefined;
}

/** A command as it was typed, for a person to type again with another option: without them it would do something else. */
export function typed(command: string, options: TypedOptions): string {
  const { binDir, confDir, copy, force, names, network, programDir } = options;
  const words = [
    ['--bin-dir', binDir],
    ['--conf-dir', confDir],
    ['--program-dir', programDir],
    ['--network', network],
    ['--names', names],
  ].flatMap(([name = '', value]) => (value === undefined ? [] : [`${name} ${quoted(value)}`]));
  const flags = [...(copy ? ['--copy'] : []), ...(force ? ['--force'] : [])];
  return ['wincni', command, ...words, ...flags].join(' ');
}
