import { type Configurations, readConfigurations } from '../checks/reading/configurations.ts';
import { exit, OperatorError } from '../exit.ts';
import { driveOf } from '../facts/gather.ts';
import { gatherFiles } from '../facts/gather-files.ts';
import { lacking } from '../facts/probe.ts';
import type { Operator } from '../operator.ts';

/** A configuration, as bytes, and where it is from. */
export interface ConfigurationRead {
  readonly bytes: Uint8Array;
  readonly where: string;
}

/**
 * The configuration that is asked for: a file's, stdin's, or that of the node's which is in effect, the
 * first of the runtime's folder. Throws OperatorError where there is none.
 */
export function configurationFor(
  operator: Operator,
  { conf, confDir }: { readonly conf?: string | undefined; readonly confDir?: string | undefined },
): ConfigurationRead {
  if (conf === '-') return { bytes: operator.readStdin(), where: 'stdin' };
  if (conf === undefined) return inEffect(operator, confDir);
  try {
    return { bytes: Buffer.from(operator.machine.files.read(conf)), where: conf };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OperatorError(exit.usage, `${conf} cannot be read: ${why}`, [], { cause: error });
  }
}

function inEffect(operator: Operator, confDir: string | undefined): ConfigurationRead {
  const found = gatherFiles(
    {
      files: operator.machine.files,
      said: { conf: confDir },
      running: {},
      drive: driveOf(operator, {}),
    },
    lacking(),
  );
  const { files }: Configurations = readConfigurations(found);
  const first = files.find((file) => file.inEffect && file.text !== undefined);
  if (first) return { bytes: Buffer.from(first.text ?? ''), where: first.path };
  const folder = found.folders.conf[0];
  throw new OperatorError(
    exit.blind,
    folder === undefined
      ? 'no folder of configurations is found: --conf names one'
      : `no configuration can be read in ${folder}: --conf names one`,
    ['wincni explain --conf 10-flannel.conflist'],
  );
}
