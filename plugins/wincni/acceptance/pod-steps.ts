import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { documentsField, textField } from '../../../hns-bridge/json-document.ts';
import type { PluginAnswer } from '../plugin-run.ts';
import { enumerate } from './hns-call.ts';
import { podName } from './setting.ts';
import { type Finding, finding, notReached, type Step, type Trial } from './step.ts';

/** A pod's life, by the network's plugin. */
export const podLife: Step = {
  name: 'pod',
  title: 'ADD, ADD again, CHECK, STATUS, GC, DEL twice',
  claims: [],
  async play(trial) {
    const { leases, network, plugin } = trial;
    const added = await plugin('ADD', 1);
    const prevResult = added.document ?? {};
    const [address] = addressesOf(added);
    const again = await plugin('ADD', 1);
    const checked = await plugin('CHECK', 1, { prevResult });
    const status = await plugin('STATUS', 1);
    const valid = [{ containerID: podName(1), ifname: 'eth0' }];
    const collected = await plugin('GC', 1, { 'cni.dev/valid-attachments': valid });
    const kept = await endpointsLeft(trial);
    const deleted = await plugin('DEL', 1, { prevResult });
    const deletedAgain = await plugin('DEL', 1, { prevResult });
    return [
      finding(
        added.exitCode === 0 && address !== undefined,
        `ADD gives an address of ${network.subnet}`,
        address ?? saidBy(added),
      ),
      finding(
        again.exitCode === 0 && addressesOf(again)[0] === address,
        'ADD again gives the same',
        addressesOf(again)[0] ?? saidBy(again),
      ),
      silence(checked, 'CHECK finds nothing wrong'),
      silence(status, 'STATUS is ready'),
      silence(collected, 'GC with the pod among those that are valid'),
      finding(kept === 1, 'GC has left its endpoint', `${kept} endpoints`),
      silence(deleted, 'DEL'),
      silence(deletedAgain, 'DEL again'),
      await nothingLeft(trial, leases),
    ];
  },
};

/** As many pods at once as there are namespaces. */
export const crowd: Step = {
  name: 'crowd',
  title: 'pods are added at once, and deleted at once',
  claims: [],
  atOnce: true,
  async play(trial) {
    const { atOnce, child, leases, plugin } = trial;
    const run = (command: string, pod: number) =>
      child ? child.run(command, pod) : plugin(command, pod);
    const pods = Array.from({ length: atOnce }, (_, index) => index + 1);
    const where = child ? 'each in a process of its own' : 'in this process';
    const added = await Promise.all(pods.map((pod) => run('ADD', pod)));
    const addresses = new Set(added.flatMap(addressesOf));
    const failed = added.filter((answer) => answer === 'killed' || answer.exitCode !== 0);
    const deleted = await Promise.all(pods.map((pod) => run('DEL', pod)));
    const undeleted = deleted.filter((answer) => answer === 'killed' || answer.exitCode !== 0);
    return [
      finding(
        failed.length === 0 && addresses.size === atOnce,
        `${atOnce} ADDs at once get ${atOnce} addresses, ${where}`,
        `${addresses.size} addresses${failed[0] ? `; ${saidBy(failed[0])}` : ''}`,
      ),
      finding(
        undeleted.length === 0,
        `${atOnce} DELs at once`,
        undeleted[0] ? saidBy(undeleted[0]) : 'all done',
      ),
      await nothingLeft(trial, leases),
    ];
  },
};

/** When an ADD is killed, as parts of the time that a whole one took. */
const moments = [0.3, 0.6, 0.9] as const;

/** An ADD that is killed leaves what DEL finds. */
export const killed: Step = {
  name: 'kill',
  title: 'an ADD is killed in the middle, and DEL leaves nothing',
  claims: [],
  atOnce: true,
  unreached: ({ child }) =>
    child ? undefined : 'it needs a process of its own for each ADD: run the executable',
  async play(trial) {
    const { child, clock, leases } = trial;
    if (!child) return [];
    const started = clock.elapsed();
    const whole = await child.run('ADD', 1);
    const time = clock.elapsed() - started;
    const findings: Finding[] = [
      finding(whole !== 'killed' && whole.exitCode === 0, 'a whole ADD', saidBy(whole)),
    ];
    await child.run('DEL', 1);
    for (const part of moments) {
      const answer = await child.run('ADD', 1, Math.max(1, Math.round(time * part)));
      const deleted = await child.run('DEL', 1);
      const when = `after ${Math.round(part * 100)} % of its time`;
      findings.push(
        answer === 'killed'
          ? finding(
              deleted !== 'killed' && deleted.exitCode === 0,
              `DEL after an ADD that was killed ${when}`,
              saidBy(deleted),
            )
          : notReached(`an ADD is killed ${when}`, 'it had ended before'),
      );
      findings.push(await nothingLeft(trial, leases));
    }
    return findings;
  },
};

/** A lease beside a file that another program holds open. */
export const heldLease: Step = {
  name: 'held-file',
  title: 'a lease file that another program holds open',
  claims: [],
  atOnce: true,
  unreached: ({ holdOpen }) =>
    holdOpen
      ? undefined
      : 'it needs Windows, whose files can be held so that no other may use them',
  async play(trial) {
    const { holdOpen, leaseFolder, leases, plugin } = trial;
    if (!holdOpen) return [];
    const neighbour = await plugin('ADD', 2);
    const [lease] = leases();
    if (lease === undefined) {
      return [finding(false, 'a pod has a lease', saidBy(neighbour))];
    }
    try {
      const beside = await holdOpen(`${leaseFolder}\\${lease}`, async () => {
        const added = await plugin('ADD', 1);
        const kept = await plugin('DEL', 2);
        return { added, kept, deleted: await plugin('DEL', 1) };
      });
      const afterwards = await plugin('DEL', 2);
      const later = (answer: PluginAnswer) => answer.exitCode === 0 || codeOf(answer) === 11;
      return [
        finding(
          later(beside.added),
          'ADD beside it: done, or code 11, to be tried again',
          saidBy(beside.added),
        ),
        finding(later(beside.deleted), 'DEL beside it: the same', saidBy(beside.deleted)),
        notReached('DEL of the lease that is held: not known', saidBy(beside.kept)),
        finding(afterwards.exitCode === 0, 'DEL when it is let go', saidBy(afterwards)),
        await nothingLeft(trial, leases),
      ];
    } catch (error) {
      await plugin('DEL', 2);
      await plugin('DEL', 1);
      const why = error instanceof Error ? error.message : String(error);
      return [notReached('a lease file is held open', why)];
    }
  },
};

/** The endpoints of the network that are there; -1 where HNS does not say. */
async function endpointsLeft({ ask, network }: Trial): Promise<number> {
  const { value } = await ask(enumerate('Endpoint', { VirtualNetwork: network.id }));
  return Array.isArray(value) ? value.length : -1;
}

/** That neither an endpoint nor a lease is there. */
export async function nothingLeft(trial: Trial, leases: Trial['leases']): Promise<Finding> {
  const endpoints = await endpointsLeft(trial);
  const leased = leases();
  return finding(
    endpoints === 0 && leased.length === 0,
    'neither endpoint nor lease is left',
    `endpoints: ${endpoints}, leases: ${leased.join(', ') || 'none'}`,
  );
}

function silence(answer: PluginAnswer, expected: string): Finding {
  const holds = answer.exitCode === 0 && answer.document === undefined;
  return finding(holds, expected, saidBy(answer));
}

/** The addresses of a result. */
export function addressesOf(answer: PluginAnswer | 'killed'): readonly string[] {
  const result: JsonObject = answer === 'killed' ? {} : (answer.document ?? {});
  return documentsField(result, 'ips').flatMap((entry) => textField(entry, 'address') ?? []);
}

/** An answer in a few words. */
export function saidBy(answer: PluginAnswer | 'killed'): string {
  if (answer === 'killed') return 'killed';
  const { document, exitCode, stderr } = answer;
  if (exitCode === 0) return addressesOf(answer)[0] ?? 'done';
  const said = isJsonObject(document) ? textField(document, 'msg') : undefined;
  return `code ${codeOf(answer) ?? '?'}: ${said ?? stderr.trim().split('\n')[0]}`;
}

/** The CNI code of an error. */
export function codeOf({ document, exitCode }: PluginAnswer): number | undefined {
  const code = exitCode === 0 ? undefined : document?.['code'];
  return typeof code === 'number' ? code : undefined;
}
