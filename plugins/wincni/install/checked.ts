import type { Outcome } from '../checks/check.ts';
import { checks } from '../checks/checks.ts';
import { judge } from '../checks/judge.ts';
import type { Facts } from '../facts/facts.ts';
import { driveOf } from '../facts/gather.ts';
import { gatherFiles } from '../facts/gather-files.ts';
import { lacking as lackingNothing } from '../facts/probe.ts';
import { gatherPrograms } from '../facts/programs.ts';
import { gatherRights, usedFolders } from '../facts/rights.ts';
import type { Operator } from '../operator.ts';
import type { SaidFolders } from './folders.ts';
import type { Layout } from './layout.ts';

/**
 * What doctor's checks say of the executables and the configurations after an install: of files alone, in no
 * time. HNS and Windows are not asked; checks that need them are skipped.
 */
export function checked(
  operator: Operator,
  layout: Layout,
  { binDir, confDir }: SaidFolders,
): readonly Outcome[] {
  const { executables, machine, program, version } = operator;
  const { env, exposed, files } = machine;
  const lacking = lackingNothing();
  const drive = driveOf(operator, {});
  const said = { bin: binDir, conf: confDir };
  const { places, ...found } = gatherFiles({ files, said, running: {}, drive }, lacking);
  const sources = {
    files,
    executables,
    pathHere: (path: string) => path,
    folders: found.folders.bin.filter((folder) => !found.folders.absent?.includes(folder)),
    installed: layout.folder,
    running: { path: program.file, version },
  };
  const log = env['WINCNI_LOG_FILE'] ?? places.logFile;
  const used = usedFolders(found.folders, places, log, env['WINCNI_STATE_DIR']);
  const programs = gatherPrograms(sources, lacking);
  const rights = gatherRights(exposed, used, lacking);
  const facts: Facts = {
    schema: 1,
    source: 'recorded',
    wincni: version,
    at: new Date(machine.clock.now()).toISOString(),
    hostname: program.hostname,
    platform: program.platform,
    ...found,
    looks: [],
    programs,
    rights,
    missing: [...lacking.missing],
  };
  const groups = facts.configurations.length > 0 ? ['exe', 'conf'] : ['exe'];
  return judge(facts, checks, { only: groups });
}
