import { check, type Finding } from '../check.ts';
import { bare, restarted } from '../commands.ts';
import { usesFlannel } from '../reading/flanneld.ts';
import { shown } from '../reading/remedies.ts';
import { servicesRunning } from '../reading/started.ts';

/** flanneld, without which a node gets no subnet, and routes go stale. */
export const flannelRunning = check({
  id: 'flannel.running',
  about: 'whether flanneld runs, and what its log ends with',
  levels: ['fail', 'warn'],
  needs: ['processes'],
  applies: usesFlannel,
  find({ facts }) {
    const { environment, flanneldLog } = facts;
    const running = facts.processes?.some(({ name }) => /^flanneld(?:\.exe)?$/i.test(name));
    if (running) return logFindings(flanneldLog?.path ?? '', flanneldLog?.text ?? '');
    const [service] = servicesRunning(facts, 'flanneld');
    // flanneld asks the API for the node of that name (--kube-subnet-mgr); its pod and RKE2 tell it themselves.
    const nameless = service && environment && environment['NODE_NAME'] === undefined;
    return [
      {
        level: 'fail',
        what: nameless
          ? 'flanneld does not run, and NODE_NAME is not set: it needs it to find its node'
          : 'flanneld does not run: new nodes and subnets are not learnt of',
        remedy: [
          ...(nameless
            ? [
                '[Environment]::SetEnvironmentVariable("NODE_NAME", $env:COMPUTERNAME.ToLower(), "Machine")',
              ]
            : []),
          service ? `Start-Service ${bare(service.name)}` : restarted(facts, 'flanneld'),
        ],
      },
    ];

    function logFindings(path: string, text: string): readonly Finding<'warn'>[] {
      const lines = text.split(/\r?\n/);
      const started = lines.findLastIndex((line) => line.includes('Running backend'));
      const worst = lines.slice(started + 1).findLast((line) => /^[EF]\d{4} /.test(line));
      if (worst === undefined) return [];
      return [
        {
          level: 'warn',
          what: `flanneld's log, ${path}, has an error since it began: ${shown(worst)}`,
          remedy: [restarted(facts, 'flanneld')],
        },
      ];
    }
  },
});
