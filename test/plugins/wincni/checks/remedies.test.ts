import { describe, expect, it } from 'vitest';
import { checks } from '../../../../plugins/wincni/checks/checks.ts';
import { judge } from '../../../../plugins/wincni/checks/judge.ts';
import { remedyLine } from '../../../../plugins/wincni/checks/remedy-lines.ts';
import { commandLine } from '../../../../plugins/wincni/command-line.ts';
import { operatorCommands } from '../../../../plugins/wincni/commands.ts';
import { doctorText } from '../../../../plugins/wincni/doctor/text.ts';
import { loadSyntaxCheck } from '../../../../scripts/powershell-rules.ts';
import { trialOperator } from '../../../../scripts/trial-operator.ts';
import {
  healthyFacts,
  healthyNames,
  type Sick,
  sickFacts,
  sickFile,
  sickNames,
} from '../../../helpers/facts-files.ts';

const syntaxOf = await loadSyntaxCheck();

const nodes = [
  ...healthyNames.map(healthyFacts),
  ...sickNames.map((name) => sickFacts(sickFile(name))),
];
const findings = nodes.flatMap((facts) =>
  judge(facts, checks).flatMap(({ findings: found, id }) =>
    found.map(({ remedy }) => ({ id, remedy })),
  ),
);
const lines = [...new Set(findings.flatMap(({ remedy }) => remedy))];
const commands = lines.filter((line) => remedyLine(line) === 'command');
const ours = commands.filter((line) => line.startsWith('wincni '));

/** The words of a line as PowerShell takes them. */
const wordsOf = (line: string) =>
  [...line.matchAll(/'((?:[^']|'')*)'|(\S+)/g)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '') : quoted.replaceAll("''", "'"),
  );

/** What the command line says of words, though nothing is run. */
async function refusal(line: string): Promise<string> {
  const { operator } = trialOperator();
  const said: string[] = [];
  const [, ...words] = wordsOf(line);
  const exitCode = await commandLine(
    { ...operator, writeStderr: (text) => said.push(text), writeStdout: () => undefined },
    words,
    operatorCommands.map((command) => ({
      ...command,
      run: async () => ({ exitCode: 0 as const, document: {}, text: () => '' }),
    })),
  );
  return exitCode === 0 ? '' : `exit code ${exitCode}: ${said.join('')}`;
}

describe('what doctor says to do', () => {
  it.each(commands)('%s can be pasted into Windows PowerShell', (line) => {
    expect(syntaxOf(line)).toEqual([]);
  });

  it.each(ours)('%s is a command of ours', async (line) => {
    expect(await refusal(line)).toBe('');
  });

  it('the command line refuses what is none', async () => {
    expect(await refusal('wincni doctor --onyl node')).toContain('--only');
    expect(syntaxOf("Remove-Item 'C:\\k")).not.toEqual([]);
  });

  it('has each command alone on its line', () => {
    const words = lines.filter((line) => remedyLine(line) === 'words');
    const hidden = /(?:wincni|kubectl|crictl|icacls) [a-z]|\b[A-Z][a-z]+-[A-Z][a-z]+\w* /;
    expect(words.filter((line) => hidden.test(line))).toEqual([]);
    // Not vacuous: there are words, commands and snippets.
    expect(words.length).toBeGreaterThan(10);
    expect(commands.length).toBeGreaterThan(40);
    expect(ours.length).toBeGreaterThan(10);
  });

  it('empties the node for what no pod survives, and gives it back', () => {
    const ends =
      /^(?:Restart-Computer|Restart-Service hns|Stop-Service (?!docker)|.*Remove-HnsNetwork|Remove-Item .*\\networks\\)/;
    const rash = findings.filter(({ id, remedy }) => {
      const first = remedy.findIndex((line) => ends.test(line));
      const drain = remedy.findIndex((line) => line.startsWith('kubectl drain '));
      const back = remedy.findIndex((line) => line.startsWith('kubectl uncordon '));
      // Without HNS there are no pods.
      if (id === 'node.feature') return false;
      return (first >= 0 && !(drain >= 0 && drain < first)) || drain >= 0 !== back > drain;
    });
    expect(rash).toEqual([]);
  });

  it('removes no endpoint by hand: gc proves it dead first', () => {
    expect(lines.filter((line) => /Remove-HnsEndpoint/.test(line))).toEqual([]);
  });

  it('fits 80 columns but for what is copied', () => {
    const terminal = { columns: 80, colour: false };
    const copied = new Set(lines.filter((line) => remedyLine(line) !== 'words'));
    const wide = nodes
      .flatMap((facts) => doctorText(terminal, facts, judge(facts, checks)).split('\n').slice(1))
      .filter((line) => line.length > 80 && !copied.has(line.replace(/^ +(?:do {2})?/, '')));
    // A word that is longer than the room it has runs over.
    expect(wide.filter((line) => !/\S{50}/.test(line))).toEqual([]);
  });
});

type Changes = Pick<Sick, 'remove' | 'replace' | 'set'>;

function remediesOf(id: string, base: Sick['base'], changes: Changes): readonly string[] {
  const facts = sickFacts({ source: 'written by hand', base, expect: {}, ...changes });
  return judge(facts, checks, { only: [id] }).flatMap((outcome) =>
    outcome.findings.flatMap(({ remedy }) => remedy),
  );
}

describe('what to do fits the node', () => {
  const degraded = { 'hns.v1.endpoints.0.State': 5 };
  it.each<[string, Sick['base'], string, Changes, string, RegExp | undefined]>([
    [
      'Docker is not stopped where kubelet does not say that its pods are containerd’s',
      'server-2019-overlay',
      'runtime.services',
      {
        set: { 'services.0': { name: 'docker', state: 'Running' } },
        replace: {
          'processes.1.command': [['containerd-containerd', 'cri-dockerd']],
        },
      },
      'its flag --container-runtime-endpoint says which',
      /Stop-Service/,
    ],
    [
      'a service is kube-proxy’s without the hyphen, too, as AKS has it',
      'server-2019-overlay',
      'runtime.services',
      {
        set: { 'services.4': { name: 'kubeproxy', state: 'Stopped', command: 'nssm.exe' } },
        remove: ['processes.2'],
      },
      'Start-Service kubeproxy',
      undefined,
    ],
    [
      'RKE2 starts flanneld',
      'server-2022-host-gw',
      'flannel.running',
      {
        remove: ['processes.3'],
        set: { 'services.0': { name: 'rke2', state: 'Running' } },
      },
      'Restart-Service rke2',
      /NODE_NAME/,
    ],
    [
      'a pod of a runtime that does not tell is deleted by Kubernetes',
      'server-2019-overlay',
      'hns.endpoint-state',
      { set: degraded, remove: ['looks.0.sandboxes', 'looks.1.sandboxes'] },
      "kubectl get pods -A -o wide | Select-String ' 10.244.4.7 '",
      undefined,
    ],
    [
      'what is nobody’s is looked at',
      'server-2019-overlay',
      'hns.endpoint-state',
      {
        set: { ...degraded, 'hns.v1.endpoints.0.Name': 'whose' },
        remove: ['hns.v1.endpoints.0.Namespace'],
      },
      'Get-HnsEndpoint -Id b6dbbabb-e721-5f00-9bbb-8afdd17f2a4f',
      /kubectl|Remove/,
    ],
    [
      'the host’s own endpoint is no sandbox: the lease goes',
      'server-2022-host-gw',
      'state.duplicate',
      {
        set: {
          'looks.*.leases.0.address': '10.244.22.2',
          'looks.*.leases.0.file': 'C:\\var\\lib\\cni\\networks\\cbr0\\10.244.22.2',
        },
      },
      'wincni lease release 10.244.22.2 --network cbr0',
      /crictl/,
    ],
    [
      'names from leases are texts of PowerShell',
      'server-2022-host-gw',
      'state.lease-only',
      {
        set: {
          'looks.*.leases.0.address': '10.244.22.77',
          'looks.*.leases.0.container': 'c0ffee5e1f2a3b4c5d6e7f8091a2b3c4',
          'looks.*.leases.0.network': '; calc',
        },
      },
      "wincni lease release 10.244.22.77 --network '; calc'",
      undefined,
    ],
  ])('%s', (_, base, id, changes, wanted, unwanted) => {
    const remedy = remediesOf(id, base, changes);
    expect(remedy).toContain(wanted);
    if (unwanted) expect(remedy.join('\n')).not.toMatch(unwanted);
  });

  it('a node is emptied under the name that kubelet has', () => {
    const replace: Changes['replace'] = {
      'processes.1.command': [['--hostname-override=win-7', '--hostname-override=ip-10-0-0-7']],
    };
    const set = { 'hnsProcess.threads': 1000 };
    expect(remediesOf('hns.service', 'server-2019-overlay', { set, replace })).toEqual([
      'kubectl drain ip-10-0-0-7 --ignore-daemonsets --delete-emptydir-data',
      'Restart-Service hns -Force',
      expect.stringContaining('flanneld'),
      expect.stringContaining('kube-proxy'),
      'kubectl uncordon ip-10-0-0-7',
    ]);
  });
});
