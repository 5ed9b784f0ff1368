import { documentsField, textField } from '../../hns-bridge/json-document.ts';
import { type PodName, paths } from './node.ts';
import type { World } from './world.ts';

/** What a pod has on a node. */
export interface Holdings {
  readonly leases: readonly string[];
  readonly endpoints: readonly string[];
  readonly scratch: readonly string[];
}

export function holdingsOf(world: World, pod: PodName): Holdings {
  return {
    leases: leasesIn(world).flatMap(({ address, owner }) => (owner === pod ? [address] : [])),
    endpoints: world.hns.endpoints.flatMap((endpoint) =>
      textField(endpoint, 'Name')?.startsWith(`${pod}_`)
        ? documentsField(endpoint, 'IpConfigurations').map(
            (entry) => textField(entry, 'IpAddress') ?? '',
          )
        : [],
    ),
    scratch: namesIn(world, paths.scratchFolder).filter((name) => name.startsWith(pod)),
  };
}

export function hasNothing(world: World, pod: PodName): boolean {
  const { endpoints, leases, scratch } = holdingsOf(world, pod);
  return endpoints.length + leases.length + scratch.length === 0;
}

/** In words, for a problem. */
export function printHoldings(world: World, pod: PodName): string {
  const { endpoints, leases, scratch } = holdingsOf(world, pod);
  return `leases [${leases}], endpoints [${endpoints}], scratch files [${scratch}]`;
}

/** Every lease, whosever. */
function leasesIn({ disk }: World) {
  return [...disk.files].flatMap(([path, { text }]) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (!path.startsWith(`${paths.leaseFolder}/`) || !/^[\da-f][\da-f.:]*$/.test(name)) return [];
    return [{ address: name, owner: text.split('\r\n')[0] ?? '' }];
  });
}

/** What commands write beside a file and remove again. */
export function unfinishedIn({ disk }: World): readonly string[] {
  return [...disk.files.keys()].filter((path) => path.includes('/.'));
}

function namesIn({ disk }: World, folder: string): readonly string[] {
  return [...disk.files.keys()].flatMap((path) =>
    path.startsWith(`${folder}/`) && !path.includes('/.') ? [path.slice(folder.length + 1)] : [],
  );
}
