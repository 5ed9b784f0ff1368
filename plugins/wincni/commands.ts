import type { OperatorCommand } from './command.ts';
import { acceptanceCommand } from './commands/acceptance.ts';
import { configGenerateCommand } from './commands/config-generate.ts';
import { configValidateCommand } from './commands/config-validate.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { gcCommand } from './commands/gc.ts';
import { installCommand, upgradeCommand } from './commands/install.ts';
import { leaseListCommand } from './commands/lease-list.ts';
import { leaseReleaseCommand } from './commands/lease-release.ts';
import { showCommand } from './commands/show.ts';
import { statusCommand } from './commands/status.ts';
import { supportCommand } from './commands/support.ts';
import { rollbackCommand, uninstallCommand } from './commands/uninstall.ts';
import { versionCommand } from './commands/version.ts';

/** The operator's commands, in the order in which --help lists them. */
export const operatorCommands: readonly OperatorCommand[] = [
  doctorCommand,
  acceptanceCommand,
  supportCommand,
  showCommand,
  explainCommand,
  installCommand,
  upgradeCommand,
  rollbackCommand,
  uninstallCommand,
  statusCommand,
  configValidateCommand,
  configGenerateCommand,
  gcCommand,
  leaseListCommand,
  leaseReleaseCommand,
  versionCommand,
];
