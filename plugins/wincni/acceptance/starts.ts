import { numberField } from '../../../hns-bridge/json-document.ts';
import type { Operator } from '../operator.ts';
import { ask, type HnsCall, inOrder, type Outcome, v1 } from './hns-call.ts';
import type { WayName } from './setting.ts';
import { type Finding, finding, inWords, isDone, notReached } from './step.ts';
import { openWay } from './ways.ts';

/** How long a way takes to open and to answer once, at first and right after; and whether both answer the same. */
export async function startFindings(operator: Operator, way: WayName): Promise<readonly Finding[]> {
  const version = v1('GET', '/globals/version');
  const cold = await timed(operator, [version]);
  const warm = await timed(operator, [version]);
  const answers = [cold, warm].map(({ outcomes }) => outcomes[0]);
  const answered = answers.every(
    (outcome) => outcome && isDone(outcome) && numberField(outcome.document, 'Major') !== undefined,
  );
  const [first] = answers;
  return [
    finding(
      answered,
      'HNS tells its version at the first start and at the next',
      answered
        ? `${Math.round(cold.ms)} ms, ${Math.round(warm.ms)} ms`
        : first
          ? inWords(first)
          : '',
      'version.output',
    ),
    way === 'powershell'
      ? await comFinding(operator)
      : notReached(sameByCom, 'PowerShell alone has COM: --ways powershell', 'v1.com'),
  ];
}

const sameByCom = 'COM and HNSCall answer the same, keys in any order';

const listings: readonly HnsCall[] = [
  v1('GET', '/globals/version'),
  v1('GET', '/networks/'),
  v1('GET', '/namespaces/'),
];

/** A session without the native functions asks V1 by the COM object, one with them by HNSCall. */
async function comFinding(operator: Operator): Promise<Finding> {
  const { env } = operator.machine;
  if (env['WINCNI_HNS_STATE'] || env['WINCNI_SIMULATOR']) {
    return notReached(sameByCom, 'the simulator has no COM', 'v1.com');
  }
  const byCom = await timed(operator, listings, 'listings');
  const byCall = await timed(operator, listings);
  const said = ({ outcomes }: Timed) =>
    outcomes.map((outcome) =>
      isDone(outcome) ? JSON.stringify(inOrder(outcome.value)) : inWords(outcome),
    );
  const [com, call] = [said(byCom), said(byCall)];
  const different = com.findIndex((text, index) => text !== call[index]);
  return finding(
    different < 0,
    sameByCom,
    different < 0
      ? 'the same'
      : `${listings[different]?.operation}: ${com[different]} by COM, ${call[different]} by HNSCall`,
    'v1.com',
  );
}

interface Timed {
  readonly ms: number;
  readonly outcomes: readonly Outcome[];
}

async function timed(
  operator: Operator,
  calls: readonly HnsCall[],
  needs?: 'listings',
): Promise<Timed> {
  const { clock } = operator.machine;
  const started = clock.elapsed();
  const own = operator.hns?.transport;
  const hns = own ?? (await openWay(operator, needs));
  try {
    const outcomes: Outcome[] = [];
    for (const call of calls) outcomes.push(await ask(hns, call));
    return { ms: clock.elapsed() - started, outcomes };
  } finally {
    if (!own) await hns.close();
  }
}
