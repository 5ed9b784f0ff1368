import { openTransport } from '../../hns-bridge/open.ts';
import type { Transport } from '../../hns-bridge/transport.ts';
import type { HnsWay } from '../../hns-bridge/ways.ts';
import { startDeadline } from '../../system/deadline.ts';
import { nodeHost } from '../../system/node-host.ts';
import { librariesIn } from '../hns-dlls.ts';

/** A dry run: HNS is the simulator's, behind a stand-in PowerShell and doubles of its libraries. */
export interface DryRun {
  /** Where the simulated HNS keeps its state. */
  readonly hnsFolder: string;
  /** The folder of the doubles. */
  readonly libraries: string;
  readonly powershell: string;
  /** The plugins as one program, which can be told of the doubles: the executables can't. */
  readonly plugin: string;
  /** The port of the simulator, for the doubles. */
  readonly port: string;
}

/** How long the suite's own look at HNS may take, in milliseconds: PowerShell's first start is slow. */
const total = 120_000;

/**
 * Opens the project's own bridge to the HNS of this node, by a way, and lets go of it. Throws HnsError where
 * there is no way. In a dry run the doubles find the simulator by the environment of this process, which
 * holds WINCNI_SIMULATOR then.
 */
export async function withNodeHns<Done>(
  way: HnsWay,
  dry: DryRun | undefined,
  use: (hns: Transport) => Promise<Done>,
): Promise<Done> {
  const machine = nodeHost(process);
  const { clock } = machine;
  const hns = await openTransport(
    {
      ...machine,
      env: { ...machine.env, WINCNI_HNS: way, ...(dry ? dryEnv(dry) : {}) },
      deadline: startDeadline(clock, { total, kept: 0, started: clock.elapsed() }),
      log: () => {},
    },
    { answer: String, libraries: dry && librariesIn(dry.libraries) },
  );
  try {
    return await use(hns);
  } finally {
    await hns.close();
  }
}

/** What plugins and the bridge need in a dry run, and nobody sets on Windows. */
export const dryEnv = ({
  hnsFolder,
  port,
  powershell,
}: DryRun): Readonly<Record<string, string>> => ({
  WINCNI_HNS_STATE: hnsFolder,
  WINCNI_POWERSHELL: powershell,
  WINCNI_SIMULATOR: `${port} ${hnsFolder}`,
});
