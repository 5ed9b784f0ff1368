import { describe, it } from 'vitest';
import { parseCidr } from '../../cni/address.ts';
import { trialNetwork } from '../../plugins/wincni/acceptance/setting.ts';
import { addressIn } from '../../scripts/windows/nat-network.ts';
import { ownNetworkId, ownPrefix } from '../../scripts/windows/own-objects.ts';
import type { BridgedMode } from '../../scripts/windows/setting.ts';
import { absencesEverywhere, collects, rulesEverywhere } from '../helpers/life-everywhere.ts';
import { setting } from './setting.ts';
import { openForEach, type PodNetwork } from './windows-node.ts';

/**
 * A pod's life on a bridge and on an overlay, on networks of our own. They interrupt the adapter that they are
 * on, and may lose its static address: only where WINCNI_WINDOWS_MODES says so.
 */

const { adapter, dry, modes, ways } = setting();
/** In a dry run the way that starts no process: it is the tests that are tried. */
const waysHere = ways.filter((way) => !dry || way === 'native');

/** Beside those that NAT takes. */
const subnets = { l2bridge: '192.168.213.0/24', overlay: '192.168.214.0/24' } as const;
const vni = 4213;

/** The network as acceptance makes it, under a name of this suite's. */
function networkOf(mode: BridgedMode): PodNetwork {
  const subnet = parseCidr(subnets[mode]);
  if (!subnet) throw new Error(`no subnet: ${subnets[mode]}`);
  const { document, plugin } = trialNetwork(mode, { adapter, subnet, vni });
  const name = `${ownPrefix}-${mode}`;
  const range = { subnet: subnets[mode], rangeStart: addressIn(subnets[mode], 10) };
  return {
    id: ownNetworkId(name),
    name,
    toMake: { ...document, Name: name },
    plugin,
    config: (dataDir) => ({ ipam: { type: 'host-local', ...range, dataDir } }),
  };
}

describe.each(modes)('%s', (mode) => {
  describe.each(waysHere)('by %s', (way) => {
    const at = openForEach(way, () => networkOf(mode));
    it.each([...rulesEverywhere, ...absencesEverywhere, collects])('%s', (_, play) => play(at()));
  });
});
