import { describe, it } from 'vitest';
import type { HnsWay } from '../../hns-bridge/ways.ts';
import type { NodeState } from '../../plugins/wincni/acceptance/node-state.ts';
import { addressIn, plannedNat } from '../../scripts/windows/nat-network.ts';
import { absencesEverywhere, collects, rulesEverywhere } from '../helpers/life-everywhere.ts';
import { compareWithHns } from './pod-in-hns.ts';
import { refusedByHns } from './refused.ts';
import { setting } from './setting.ts';
import { openForEach, type PodNetwork } from './windows-node.ts';

/** A pod's life on NAT: on the node's own network where nobody uses it, else on one of ours. */

const { dry, ways } = setting();

/** Addresses at the subnet's end: HNS and Docker give those at its beginning. */
function natNetwork(node: NodeState, ours: boolean): PodNetwork {
  const { subnet, ...network } = plannedNat(node, { ours });
  const range = { subnet, rangeStart: addressIn(subnet, -40), rangeEnd: addressIn(subnet, -10) };
  return {
    ...network,
    plugin: 'nat',
    config: (dataDir) => ({ ipam: { type: 'host-local', ...range, dataDir } }),
  };
}

/** A node has a network `nat` or has none. The stand-in has, and is played both ways, where that is quick. */
const networks = (way: HnsWay) => (dry && way === 'native' ? [false, true] : [false]);

/** Behind the stand-in PowerShell the rules are played elsewhere (test/life); here they would take minutes. */
const rules = (way: HnsWay) =>
  dry && way === 'powershell' ? [] : [...rulesEverywhere, ...absencesEverywhere, collects];

describe.each(ways)('by %s', (way) => {
  describe.each(networks(way))('on a network of our own: %s', (ours) => {
    const at = openForEach(way, (node) => natNetwork(node, ours));
    it.each(rules(way))('%s', (_, play) => play(at()));
    compareWithHns(at);
    refusedByHns(at);
  });
});
