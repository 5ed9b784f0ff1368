import { expect, it } from 'vitest';
import type { JsonObject } from '../../../cni/json-object.ts';
import { specVersions } from '../../../cni/versions.ts';
import { failure } from '../../cni/trial.ts';
import { jsonLines } from '../../helpers/jsonl.ts';
import { result, trial } from './trial.ts';

/**
 * What the reference flannel (flannel-io/cni-plugin v1.9.1-flannel1, built for Windows from its sources)
 * wrote into its scratch file, which is what it hands to the delegate: recorded once under Wine, since it
 * is not to be had as a Go module.
 */
interface Recorded {
  readonly says: string;
  readonly config: JsonObject;
  readonly subnetEnv: string;
  readonly netns: string;
  readonly file?: string;
  readonly wrote?: JsonObject;
  readonly refused?: string;
}

const recorded = jsonLines<Recorded>('flannel/recorded.jsonl');

/** Where ours is another, and what it is then; undefined says that the key is not there. */
const otherwise: Readonly<Record<string, JsonObject>> = {
  // win-bridge goes by ipMasqNetwork alone: a node of which flanneld does not masquerade needs its egress.
  'win-overlay, no masquerading': { ipMasq: undefined },
  // Who writes it means it: flanneld itself writes small letters.
  'ipMasq in capitals': { ipMasq: true },
  'a delegate’s own ipMasq false': { ipMasq: false },
  // SPEC.md: a configuration without one is of before 0.2.0.
  'no version': { cniVersion: '0.1.0' },
  'two networks': { otherIpMasqNetworks: ['10.250.0.0/16'] },
  'both families': {
    otherIpMasqNetworks: ['fd00:10:244::/48'],
    ipam: {
      type: 'host-local',
      ranges: [[{ subnet: '10.244.1.0/24' }], [{ subnet: 'fd00:10:244:1::/64' }]],
    },
  },
  ipam: {
    ipam: {
      type: 'host-local',
      subnet: '10.244.1.0/24',
      routes: [{ dst: '10.0.0.0/8' }],
      dataDir: 'C:\\leases',
    },
  },
};

/** What the reference refuses or crashes at, and ours reads. */
const read: Readonly<Record<string, JsonObject>> = {
  'IPv6 alone': {
    ipMasqNetwork: 'fd00:10:244::/48',
    ipam: { type: 'host-local', subnet: 'fd00:10:244:1::/64' },
  },
  'a byte-order mark': {},
  'spaces around': {},
  quotes: {},
  'a key alone': {},
};

const usual = {
  cniVersion: '1.0.0',
  name: 'cbr0',
  type: 'win-bridge',
  ipMasq: true,
  ipMasqNetwork: '10.244.0.0/16',
  ipam: { type: 'host-local', subnet: '10.244.1.0/24' },
};

/** ADD, as the executable's reader of requests makes it of a configuration. */
function played({ config, netns, subnetEnv }: Recorded) {
  const node = trial({ subnetEnv });
  const written = { cniVersion: undefined, delegate: undefined, ...config };
  const version = specVersions.find((known) => known === config['cniVersion']) ?? '0.1.0';
  return {
    node,
    add: () => node.plugin.ADD(node.call('ADD', { version, netns, config: written })),
  };
}

const known = recorded.filter(({ says, wrote }) => wrote || read[says]);
it.each(known)(
  'the delegate’s configuration and the scratch file are the reference’s: $says',
  async (entry) => {
    const { node, add } = played(entry);
    expect(await add()).toEqual(result);
    const expected = { ...usual, ...entry.wrote, ...otherwise[entry.says], ...read[entry.says] };
    expect(node.asked.map(({ call, type }) => [type, call.config])).toEqual([
      [expected.type, expected],
    ]);
    const name = entry.file ?? 'pod1';
    const { wincni, ...scratch } = node.scratch(name);
    expect(node.scratchNames()).toEqual([name]);
    expect(scratch).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(wincni).toEqual({ sandbox: name, ifName: 'eth0' });
  },
);

const unknown = recorded.filter(({ says, wrote }) => !wrote && !read[says]);
it.each(unknown)(
  'what the reference refuses is refused, and nothing is written: $says',
  async (entry) => {
    const { node, add } = played(entry);
    expect(await failure(add())).toMatchObject({
      code: expect.toSatisfy((code) => code === 7 || code === 11),
    });
    expect(node.scratchNames()).toEqual([]);
    expect(node.asked).toEqual([]);
  },
);
