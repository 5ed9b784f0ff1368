import { expect, it } from 'vitest';
import { type Command, commandRule } from '../../../cni/commands.ts';
import { atLeast, isSpecVersion } from '../../../cni/versions.ts';
import type { Json, Request } from '../../helpers/trial-node.ts';
import { type IpamActs, silent, type Trial, trial } from './trial.ts';

/** An example of test/fixtures/conf, and what comes of a pod that is added with it. */
export interface Example {
  readonly conf: string;
  /** The node, of test/fixtures/hns. */
  readonly fixture: string;
  readonly request?: Partial<Request>;
  /** What the runtime and the trial add to the configuration. */
  readonly keys?: Json;
  readonly ipam?: IpamActs;
  /** What is expected of the endpoint in HNS, whole lists. */
  readonly endpoint: Json;
  /** What is expected of the network when the pod is gone: it stays. */
  readonly network?: Json;
  /** What V1 was asked, when it was V1: the body of POST /endpoints. */
  readonly asked?: Json;
  /** The result, in the version of the file. */
  readonly result: Json;
}

/** The tests of one example: a pod's life with every command, in the version of the file. */
export function playExamples(examples: readonly Example[]): void {
  it.each(examples)('$conf', async (example) => {
    const play = trial(example);
    expect(await play.run('STATUS', versionFor('STATUS', play))).toEqual(silent);

    const result = await play.added();
    expect(result).toEqual({ cniVersion: play.config['cniVersion'], ...example.result });
    expect(picked(play.pod(), example.endpoint)).toEqual(example.endpoint);
    const networks = play.node.hns().networks;
    const posted = play.node.calls().filter(({ operation }) => operation === 'POST /endpoints');
    expect(posted.map(({ body }) => body)).toEqual(example.asked ? [example.asked] : []);
    expect(await play.added()).toEqual(result);
    expect(play.pods()).toHaveLength(1);

    const prevResult = { prevResult: result };
    expect(await play.run('CHECK', { ...versionFor('CHECK', play), ...prevResult })).toEqual(
      silent,
    );
    const valid = [{ containerID: 'pod1', ifname: 'eth0' }];
    const gc = { ...versionFor('GC', play), 'cni.dev/valid-attachments': valid };
    expect(await play.run('GC', gc)).toEqual(silent);
    expect(play.pods()).toHaveLength(1);

    for (const time of ['first', 'again']) {
      expect([time, await play.run('DEL', prevResult)]).toEqual([time, silent]);
      expect(play.pods()).toEqual([]);
      expect(play.node.allLeases()).toEqual([]);
    }
    expect(play.node.hns().networks.map(withoutAddress)).toEqual(networks.map(withoutAddress));
    if (example.network)
      expect(networks.map((entry) => picked(entry, example.network ?? {}))).toEqual([
        example.network,
      ]);
  });
}

/** The version of the file, or the newest where that has no such command. */
function versionFor(command: Command, { config }: Trial): Json {
  const own = String(config['cniVersion']);
  const fits = isSpecVersion(own) && atLeast(own, commandRule(command).since);
  return fits ? {} : { cniVersion: '1.1.0' };
}

/** A network as it was asked for: HNS gives it the node's address a moment later. */
function withoutAddress(network: Json): Json {
  const policies = Array.isArray(network['Policies']) ? network['Policies'] : [];
  return { ...network, Policies: policies.filter(({ Type }) => Type !== 'ProviderAddress') };
}

/** The keys of an object that another has. */
function picked(document: Json, wanted: Json): Json {
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, document[key]]));
}
