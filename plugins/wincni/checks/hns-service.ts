import type { HnsVersion } from '../../../hns-bridge/documents.ts';
import { type HnsFeature, supports } from '../../../hns-bridge/features.ts';
import type { Facts } from '../facts/facts.ts';
import { wrapped } from '../terminal.ts';
import { type CheckedNode, check, type Finding } from './check.ts';
import { hnsRestarted } from './commands.ts';
import { attachingInEffect, placeOf } from './reading/configurations.ts';

/** So many threads are still usual; from the second number on HNS answers no more within a pod's patience. */
const manyThreads = 200;
const tooManyThreads = 1_000;

const service = check({
  id: 'hns.service',
  about: 'the service hns: whether it runs, its threads, how often it crashed in 24 hours',
  levels: ['fail', 'warn'],
  needs: ['services'],
  // Where it is not there, node.feature says what is missing.
  applies: ({ facts }) => serviceOf(facts) !== undefined,
  find({ facts }) {
    const { hnsCrashes = 0, hnsProcess } = facts;
    const found = serviceOf(facts);
    if (found && found.state !== 'Running') {
      const what = `the service hns is ${found.state.toLowerCase()}`;
      return [{ level: 'fail', what, remedy: ['Start-Service hns'] }];
    }
    const findings: Finding<'fail' | 'warn'>[] = [];
    const threads = hnsProcess?.threads ?? 0;
    if (threads > manyThreads) {
      findings.push({
        level: threads >= tooManyThreads ? 'fail' : 'warn',
        what: `the process of the service hns has ${threads} threads: calls are stuck in it`,
        remedy: hnsRestarted(facts),
      });
    }
    if (hnsCrashes > 0) {
      findings.push({
        level: 'warn',
        what: `the service hns ended unexpectedly ${hnsCrashes === 1 ? 'once' : `${hnsCrashes} times`} in 24 hours`,
        remedy: [
          'see when, and send the dumps to Microsoft',
          "Get-WinEvent -FilterHashtable @{LogName='System'; ProviderName='Service Control Manager'; Id=7031,7034; StartTime=(Get-Date).AddDays(-1)}",
        ],
      });
    }
    return findings;
  },
});

function serviceOf({ services = [] }: Facts) {
  return services.find(({ name }) => name.toLowerCase() === 'hns');
}

const answers = check({
  id: 'hns.answers',
  about: 'whether HNS answers by the way that is configured, and by the others',
  levels: ['fail', 'note'],
  needs: ['hns.ways'],
  unknown: ({ facts }) =>
    (facts.hns?.ways ?? []).some(({ configured }) => configured)
      ? undefined
      : 'nobody asked by the way that is configured',
  find: ({ facts }) =>
    (facts.hns?.ways ?? []).flatMap(
      ({ configured, error, way }): readonly Finding<'fail' | 'note'>[] => {
        if (!error) return [];
        const remedy = linesOf(error.details);
        return configured
          ? [
              {
                level: 'fail',
                what: `HNS does not answer by ${way}, which is configured: ${ascii(error.message)}`,
                remedy: remedy.length > 0 ? remedy : ['Get-Service hns'],
              },
            ]
          : [
              {
                level: 'note',
                what: `HNS does not answer by ${way}, which is not configured: ${ascii(error.message)}`,
                remedy:
                  remedy.length > 0 ? remedy.map(ascii) : ['leave it at the way that answers'],
              },
            ];
      },
    ),
});

/** The plugins' words, which have no ASCII apostrophe and end in a full stop now and then. */
function ascii(text: string): string {
  return text.replaceAll(/[\u2018\u2019]/g, "'").replace(/\.$/, '');
}

/** Details in lines that stand beside an id in 80 columns. */
function linesOf(details: string): readonly string[] {
  const lines = details.split('\n').filter((line) => line.trim() !== '');
  return lines.flatMap((line) => wrapped({ columns: 56, colour: false }, ascii(line)).split('\n'));
}

/** What the configuration asks of HNS, and the Windows that brings it. */
const asked: readonly {
  readonly feature: HnsFeature;
  readonly key: string;
  readonly words: string;
  readonly since: string;
}[] = [
  {
    feature: 'dsr',
    key: 'optionalFlags.loopbackDSR',
    words: 'direct server return',
    since: 'Windows Server 2019 with KB4571748',
  },
  {
    feature: 'dualStack',
    key: 'optionalFlags.enableDualStack',
    words: 'dual stack',
    since: 'Windows Server 2022',
  },
];

const features = check({
  id: 'hns.features',
  about: "what the configurations ask of HNS, against HNS's version",
  levels: ['fail'],
  needs: ['hns.ways'],
  applies: ({ configurations }) => attachingInEffect(configurations).length > 0,
  unknown: ({ facts }) => (hnsVersion(facts) ? undefined : "HNS's version is not known"),
  find(node) {
    const version = hnsVersion(node.facts);
    if (!version) return [];
    const { major, minor } = version;
    return wantedFeatures(node).flatMap(({ feature, key, place, since, words }) =>
      supports(version, feature)
        ? []
        : [
            {
              level: 'fail' as const,
              what: `${place} asks for ${words}, and HNS ${major}.${minor} has none`,
              remedy: [`take ${key} out, or install`, `${since} or later`],
            },
          ],
    );
  },
});

function wantedFeatures({ configurations }: CheckedNode) {
  return attachingInEffect(configurations).flatMap((plugin) => {
    const { attach } = plugin;
    return asked
      .filter(({ feature }) =>
        feature === 'dsr' ? attach?.loopbackDsr === 'required' : attach?.flags.enableDualStack,
      )
      .map((wanted) => ({ ...wanted, place: placeOf(plugin, wanted.key) }));
  });
}

/** The version that HNS answered, by the configured way first. */
export function hnsVersion({ hns }: Pick<Facts, 'hns'>): HnsVersion | undefined {
  const ways = [...(hns?.ways ?? [])].sort(
    (one, other) => Number(other.configured) - Number(one.configured),
  );
  return ways.find(({ version }) => version !== undefined)?.version;
}

/** HNS itself: the service, its answers, what it can do. */
export const hnsServiceChecks = [service, answers, features] as const;
