import type { Facts } from '../facts/facts.ts';
import { check, type Finding } from './check.ts';
import { inSeconds, listed, quoted } from './commands.ts';

/** Milliseconds. A pod's ADD waits for HNS: from the second on, the runtime waits no more. */
const slow = 2_000;
const tooSlow = 45_000;

const hns = check({
  id: 'perf.hns',
  about: 'how long the way to HNS takes: starts of PowerShell, a question to HNS',
  levels: ['fail', 'warn'],
  needs: ['hns.ways'],
  unknown: ({ facts }) => (timesOf(facts).length > 0 ? undefined : 'nobody measured it'),
  find({ facts }) {
    const [worst] = [...timesOf(facts)].sort((one, other) => other.ms - one.ms);
    if (!worst || worst.ms <= slow) return [];
    const what = `${worst.what} took ${inSeconds(worst.ms)}, and every pod waits for it`;
    return [
      {
        level: worst.ms > tooSlow ? 'fail' : 'warn',
        what,
        remedy: isNative(facts)
          ? ['see whether HNS hangs', 'wincni doctor --only hns.service']
          : ['reach HNS without PowerShell: in the configuration', '"hns": "native"'],
      },
    ];
  },
});

interface Time {
  readonly what: string;
  readonly ms: number;
}

/** What the configured way takes. PowerShell's starts are no matter where it is not started. */
function timesOf(facts: Facts): readonly Time[] {
  const ways = (facts.hns?.ways ?? []).filter(({ configured }) => configured);
  const asked = ways.flatMap(({ ms, way }) =>
    ms === undefined ? [] : [{ what: `asking HNS once (${way})`, ms }],
  );
  const { cold, warm } = (!isNative(facts) && facts.powershell) || {};
  return [
    ...(cold === undefined ? [] : [{ what: "PowerShell's first start", ms: cold }]),
    ...(warm === undefined ? [] : [{ what: "PowerShell's second start", ms: warm }]),
    ...asked,
  ];
}

function isNative({ hns: found }: Facts): boolean {
  return (found?.ways ?? []).some(({ configured, way }) => configured && way !== 'powershell');
}

/** Milliseconds: 19 of 20 commands end within it on a node that is well. */
const usualEnd = 20_000;
const usualShare = 0.05;

const log = check({
  id: 'perf.log',
  about: "how long commands took, and how many failed, by the plugins' own log",
  levels: ['warn'],
  needs: ['log'],
  unknown: ({ facts }) =>
    facts.log?.commands === 0 ? `${facts.log.path} tells of no command` : undefined,
  find({ facts }) {
    const { commands = 0, failures = {}, p95 = 0, path = '' } = facts.log ?? {};
    const findings: Finding<'warn'>[] = [];
    if (p95 > usualEnd) {
      findings.push({
        level: 'warn',
        what: `one of 20 commands took ${inSeconds(p95)} or more (${path})`,
        remedy: ["wincni doctor --only 'perf.hns,hns.service'"],
      });
    }
    const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
    if (failed > commands * usualShare) {
      const codes = Object.entries(failures)
        .sort(([, one], [, other]) => other - one)
        .map(([code, count]) => `code ${code}: ${count}`);
      findings.push({
        level: 'warn',
        what: `${failed} of ${commands} commands failed (${listed(codes)})`,
        remedy: [`Get-Content -LiteralPath ${quoted(path)} -Tail 100`],
      });
    }
    return findings;
  },
});

/** How fast it is. */
export const perfChecks = [hns, log] as const;
