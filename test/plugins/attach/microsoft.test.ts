import { describe, expect, it, onTestFinished } from 'vitest';
import { isJsonObject } from '../../../cni/json-object.ts';
import { jsonLines } from '../../helpers/jsonl.ts';
import { type Json, trialNode } from '../../helpers/trial-node.ts';

/**
 * What Microsoft's plugins asked of HNS: recorded once, with their executables (windows-container-networking
 * v0.3.1-6-gb96345f, built from its sources, since it is not to be had as a Go module), under Wine, on the
 * simulated HNS of test/fixtures/hns/microsoft.json. Ids, and fields without a value, are left out.
 */
interface Recorded {
  readonly plugin: 'nat' | 'sdnbridge' | 'sdnoverlay';
  readonly says: string;
  readonly config: Json;
  /** CNI_ARGS. */
  readonly args?: string;
  /** The network that was made, if one was, and the endpoint. */
  readonly asked?: { readonly network?: Json; readonly endpoint: Json };
  readonly refused?: string;
}

const recorded = jsonLines<Recorded>('microsoft/recorded.jsonl');

const policiesOf = ({ Policies }: Json): readonly Json[] =>
  Array.isArray(Policies) ? Policies.filter(isJsonObject) : [];

const isOfPort = ({ Settings, Type }: Json) =>
  Type === 'PortMapping' || (isJsonObject(Settings) && 'LocalPorts' in Settings);

/** Where ours asks for another endpoint than Microsoft's plugin of that name: docs/migration.md says each. */
function asOurs({ asked, config, plugin, says }: Recorded): Json {
  const endpoint: Json = asked?.endpoint ?? {};
  const policies = policiesOf(endpoint);
  const letIn = policies.some(({ Type }) => Type === 'ACL') && says === 'host ports let in';
  const ordered = [
    // Host ports after what is listed.
    ...policies.filter((policy) => !isOfPort(policy)),
    ...policies.filter(isOfPort),
    ...(letIn ? [allowOut] : []),
  ];
  const ips = Array.isArray(endpoint['IpConfigurations']) ? endpoint['IpConfigurations'] : [];
  const lengths = plugin === 'sdnoverlay' ? [] : prefixLengths(says, plugin);
  const ownNetwork = says === 'a network of its own' && plugin === 'sdnbridge';
  return {
    ...endpoint,
    ...(ordered.length > 0 ? { Policies: ordered } : {}),
    ...(ips.length > 0
      ? {
          IpConfigurations: ips.map((ip, index) => ({
            ...ip,
            // The second address is the host's own.
            ...(ownNetwork ? { IpAddress: '10.245.9.3' } : {}),
            ...(lengths[index] ? { PrefixLength: lengths[index] } : {}),
          })),
        }
      : {}),
    ...otherRoutes(plugin, says, config),
  };
}

const allowOut = { Type: 'ACL', Settings: { Action: 'Allow', Direction: 'Out', Priority: 2000 } };

const prefixLengths = (says: string, plugin: string) =>
  plugin === 'nat' ? [20] : says.startsWith('dual stack') ? [24, 64] : [24];

const via = (NextHop: string) => ({ Routes: [{ NextHop, DestinationPrefix: '0.0.0.0/0' }] });

function otherRoutes(plugin: string, says: string, { ipam }: Json): Json {
  // Nobody names a gateway: HNS takes the network's own.
  const unnamed = isJsonObject(ipam) && ipam['type'] === undefined && !('routes' in ipam);
  if (unnamed) return { Routes: undefined };
  // IPAM is given its whole configuration.
  if (plugin === 'sdnbridge' && says === 'ipam.gateway') return via('10.244.2.9');
  // A bridge's flag.
  if (says !== 'forceBridgeGateway' || plugin === 'sdnbridge') return {};
  return via(plugin === 'nat' ? '172.30.0.1' : '10.244.3.1');
}

/** What ours asks of HNS for this: the network that it makes, if it does, and the endpoint. */
async function askedByOurs({ args = '', config, plugin, says }: Recorded) {
  const node = trialNode('microsoft');
  onTestFinished(() => node.remove());
  if (plugin === 'nat' && says.startsWith('a network of its own')) {
    node.setHns((state) => ({
      ...state,
      networks: state.networks.filter(({ Name }) => Name !== 'nat'),
    }));
  }
  const ipam = isJsonObject(config['ipam'])
    ? { ipam: { ...config['ipam'], dataDir: node.leaseFolder } }
    : {};
  const request = { plugin, config: { ...config, ...ipam, type: plugin }, env: { CNI_ARGS: args } };
  const answer = await node.run({ ...request, command: 'ADD' });
  const sent = (operation: string) => {
    const call = node.calls().find((line) => line.operation === operation && line.code === null);
    if (!isJsonObject(call?.body)) return undefined;
    const { HostComputeNetwork: _, ID: __, SchemaVersion: ___, ...rest } = call.body;
    return rest;
  };
  expect(await node.run({ ...request, command: 'DEL' })).toMatchObject({ exitCode: 0 });
  expect(node.hns().endpoints).toHaveLength(1);
  return { answer, network: sent('CreateNetwork'), endpoint: sent('CreateEndpoint') };
}

describe('HNS is asked for what Microsoft’s plugin asks for', () => {
  const unmade = (entry: Recorded) =>
    entry.plugin === 'sdnoverlay' && entry.says === 'a network of its own';

  it.each(recorded.filter((entry) => entry.asked && !unmade(entry)))(
    '$plugin: $says',
    async (entry) => {
      const { answer, endpoint, network } = await askedByOurs(entry);
      expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
      expect(network).toEqual(entry.asked?.network);
      expect(endpoint).toEqual(JSON.parse(JSON.stringify(asOurs(entry))));
    },
  );

  it('sdnoverlay makes no network that it is not told to make', async () => {
    const [entry, ...others] = recorded.filter(unmade);
    expect(others).toEqual([]);
    expect(entry && (await askedByOurs(entry)).answer.document).toMatchObject({ code: 11 });
  });

  it.each(recorded.filter(({ refused }) => refused))(
    'what Microsoft’s refuses works: $plugin, $says',
    async (entry) => {
      const { answer, endpoint } = await askedByOurs(entry);
      expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
      // The port is left out; of two addresses without enableDualStack, IPv4 is used.
      expect(endpoint).not.toHaveProperty('Policies');
      expect(endpoint?.['IpConfigurations']).toHaveLength(1);
    },
  );
});
