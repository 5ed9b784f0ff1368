import { HnsError } from '../../../hns-bridge/error.ts';
import { type Launch, locatePowerShell } from '../../../hns-bridge/powershell/locate.ts';
import {
  type Session,
  startSession,
  usualDeadlines,
} from '../../../hns-bridge/powershell/session.ts';
import type { Log } from '../../../system/host.ts';
import type { Operator } from '../operator.ts';
import type { Missing } from './facts.ts';
import { factsScript } from './powershell/scripts.ts';
import { inWords, type Lacking, reasonOf } from './probe.ts';
import type { Progress } from './progress.ts';
import { type PartName, partNames } from './windows-answers.ts';
import { type PartTexts, type WindowsFacts, windowsFacts } from './windows-facts.ts';

/** As long as all parts may take, in milliseconds, and each: the firewall's rules are many. */
const deadlines = { ...usualDeadlines, session: 300_000, call: 60_000 };

/** How often PowerShell is started again for the other parts, when one of them did not answer. */
const mostStarts = 3;

/** What Windows tells of a node, and how long PowerShell took to start. */
export interface FoundWindows {
  readonly facts: WindowsFacts;
  /** Of the first start, in milliseconds; undefined where there was none. */
  readonly start: number | undefined;
}

/**
 * Asks Windows by one PowerShell. Where it cannot be started each part says why; where a part keeps it from
 * answering, another PowerShell is asked for those that are left.
 */
export async function gatherWindows(
  operator: Operator,
  lacking: Lacking,
  progress: Pick<Progress, 'say'>,
): Promise<FoundWindows> {
  const texts = new Map<PartName, string | Refusal>();
  const starts: number[] = [];
  let launch: Launch;
  try {
    const { env, platform, systemFolder } = operator.machine;
    launch = locatePowerShell(env, platform, systemFolder?.());
  } catch (error) {
    if (!(error instanceof HnsError)) throw error;
    return {
      facts: windowsFacts(refusedAll(refusalOf(error)), lacking),
      start: undefined,
    };
  }
  for (let count = 0; count < mostStarts && texts.size < partNames.length; count++) {
    const log: Log = (step, facts) => {
      if (step === 'powershell ready') starts.push(Number(facts?.['ms']));
    };
    const session = startSession(launch, { ...operator.machine, log, deadlines });
    try {
      const lost = await askParts(session, texts, progress);
      // What could not even be started cannot be started a second time either.
      if (lost && starts.length <= count) break;
    } finally {
      await session.close();
    }
  }
  const last = [...texts.values()].findLast((said) => typeof said !== 'string');
  const texted = withRest(texts, last ?? { error: 'PowerShell did not answer', reason: 'failed' });
  const facts = windowsFacts(texted, lacking);
  const mode = languageModeIn(texts);
  return {
    facts:
      facts.powershell === undefined && mode !== undefined
        ? { ...facts, powershell: { path: launch.executable, version: '', languageMode: mode } }
        : facts,
    start: starts[0],
  };
}

interface Refusal {
  readonly error: string;
  readonly reason: Missing['reason'];
}

/** Asks for the parts that are left, one after the other; the first that ends the session ends it. */
async function askParts(
  session: Session,
  texts: Map<PartName, string | Refusal>,
  progress: Pick<Progress, 'say'>,
): Promise<boolean> {
  let isLoaded = false;
  for (const part of partNames) {
    if (texts.has(part)) continue;
    progress.say(`Windows (${part})`);
    try {
      if (!isLoaded) await session.call('load the script of facts', 'load', factsScript);
      isLoaded = true;
      texts.set(part, await session.call(`tell ${part}`, 'facts', part));
    } catch (error) {
      texts.set(part, refusalOf(error));
      // Its own refusal leaves the session as it was.
      if (!(error instanceof HnsError) || error.kind !== 'hns-refused') return true;
    }
  }
  return false;
}

function refusalOf(error: unknown): Refusal {
  return { error: inWords(error), reason: reasonOf(error) };
}

function refusedAll(refusal: Refusal): PartTexts {
  return new Map(partNames.map((part) => [part, refusal]));
}

/** What was not asked any more has the same reason as what was asked last. */
function withRest(texts: PartTexts, refusal: Refusal): PartTexts {
  return new Map(partNames.map((part) => [part, texts.get(part) ?? refusal]));
}

/** Where a policy restricts PowerShell, no script of ours runs, and the refusal tells the mode. */
function languageModeIn(texts: PartTexts): string | undefined {
  for (const said of texts.values()) {
    const mode =
      typeof said === 'string' ? undefined : /runs in (?:a )?(\w+) mode/.exec(said.error);
    if (mode?.[1] !== undefined) return mode[1];
  }
  return undefined;
}
