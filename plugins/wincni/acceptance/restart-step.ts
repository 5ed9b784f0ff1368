import { create, enumerate, type Outcome, query, remove, v1 } from './hns-call.ts';
import { addressesOf, codeOf, saidBy } from './pod-steps.ts';
import { ownId } from './setting.ts';
import {
  type Finding,
  finding,
  inWords,
  isDone,
  notReached,
  refusalFinding,
  type Step,
  type Trial,
} from './step.ts';

/** Networks of Flags 8 are not persistent (HNS.md, "What flanneld creates"). */
const notPersistent = 8;

/** The service hns is stopped while a pod is added and while one is deleted, and started again. */
export const serviceStopped: Step = {
  name: 'restart-hns',
  title: 'the service hns is stopped during ADD and DEL, and started again',
  claims: ['seen.stopped', 'seen.flags-8'],
  atOnce: true,
  unreached: ({ child, network, service }) => {
    if (network.mode === 'overlay') return 'its network would be gone: --modes nat or l2bridge';
    if (!service) return '--restart-hns was not given, or this is not Windows';
    return child ? undefined : 'it needs a process of its own for ADD: run the executable';
  },
  async play(trial) {
    const { ask, child, network, service } = trial;
    if (!child || !service) return [];
    const lost = await fleeting(trial);
    try {
      const [added] = await Promise.all([child.run('ADD', 1), service.stop()]);
      const without = await ask(v1('GET', '/networks/'));
      const deleted = await child.run('DEL', 1);
      await service.start();
      const afterwards = await child.run('DEL', 1);
      const gone = lost ? await ask(query('Network', ownId('fleeting'))) : undefined;
      const left = await ask(enumerate('Endpoint', { VirtualNetwork: network.id }));
      return [
        finding(
          added !== 'killed' && (added.exitCode === 0 || codeOf(added) !== undefined),
          'ADD while HNS stops: a result or an error document',
          addressesOf(added)[0] ?? saidBy(added),
        ),
        stoppedFinding(without.code),
        finding(
          deleted !== 'killed' && (deleted.exitCode === 0 || codeOf(deleted) !== undefined),
          'DEL without HNS: done, or an error document',
          saidBy(deleted),
        ),
        finding(
          afterwards !== 'killed' && afterwards.exitCode === 0,
          'DEL when HNS is there again',
          saidBy(afterwards),
        ),
        goneFinding(gone),
        finding(
          !isDone(left) || JSON.stringify(left.value) === '[]',
          'no endpoint is left',
          isDone(left) ? JSON.stringify(left.value) : inWords(left),
        ),
      ];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return [notReached('the service is stopped and started', why, ...serviceStopped.claims)];
    } finally {
      await service.start().catch(() => undefined);
      await ask(remove('Network', ownId('fleeting')));
    }
  },
};

/** A network that does not outlive a restart; whether it was made. */
async function fleeting({ ask, network }: Trial): Promise<boolean> {
  const name = `${network.name}-fleeting`;
  const made = await ask(
    create('Network', ownId('fleeting'), {
      ...network.document,
      Name: name,
      Ipams: [],
      Flags: notPersistent,
    }),
  );
  return isDone(made);
}

function stoppedFinding(code: string | undefined): Finding {
  const expected = 'a call without HNS: 0x800706D9';
  return finding(code === '0x800706D9', expected, code ?? 'done', 'seen.stopped');
}

function goneFinding(outcome: Outcome | undefined): Finding {
  const expected = 'a network of Flags 8 is gone after it';
  if (!outcome) return notReached(expected, 'it was not made', 'seen.flags-8');
  return refusalFinding(outcome, expected, ['0x803B0001'], 'seen.flags-8');
}
