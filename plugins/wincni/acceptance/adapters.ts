import type { Facts } from '../facts/facts.ts';

type Adapter = NonNullable<Facts['adapters']>[number];

/** What making networks has changed of the machine's adapters: each with the command that restores it. */
export function adapterChanges(
  before: Facts | undefined,
  after: Facts | undefined,
): readonly string[] {
  if (!before?.adapters || !after?.adapters) return [];
  // A network's own adapter comes and goes with it, and takes the address of the one below meanwhile.
  const now = after.adapters;
  const held = new Set(now.flatMap(({ addresses }) => addresses));
  return before.adapters.flatMap((adapter) => {
    const lost = adapter.addresses.filter((address) => !held.has(address) && !isLinkLocal(address));
    if (lost.length > 0) return lost.map((address) => lostAddress(adapter, address));
    const gateways = new Set(now.flatMap(({ gateways = [] }) => gateways));
    return (adapter.gateways ?? [])
      .filter((gateway) => !gateways.has(gateway))
      .map(
        (gateway) =>
          `${adapter.name} has lost its gateway ${gateway}; ${gatewayBack(adapter, gateway)}`,
      );
  });
}

const isLinkLocal = (address: string) => /^(?:169\.254\.|fe80:)/i.test(address);

function lostAddress(adapter: Adapter, cidr: string): string {
  const [address = '', prefix = ''] = cidr.split('/');
  const [gateway] = adapter.gateways ?? [];
  const back = adapter.dhcp
    ? `ipconfig /renew ${quoted(adapter.name)}`
    : `New-NetIPAddress -InterfaceAlias ${quoted(adapter.name)} -IPAddress ${address} -PrefixLength ${prefix}${gateway === undefined ? '' : ` -DefaultGateway ${gateway}`}`;
  return `${adapter.name} has lost ${cidr}; ${back}`;
}

const gatewayBack = ({ name }: Adapter, gateway: string): string =>
  `New-NetRoute -InterfaceAlias ${quoted(name)} -DestinationPrefix 0.0.0.0/0 -NextHop ${gateway}`;

/** A word of PowerShell's. */
const quoted = (name: string): string => `'${name.replaceAll("'", "''")}'`;
