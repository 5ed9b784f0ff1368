import { check, type Finding } from './check.ts';
import { attachingInEffect, placeOf } from './reading/configurations.ts';
import { isOfType } from './reading/flanneld.ts';
import { edit } from './reading/remedies.ts';

/** IPv6 on networks of type Overlay, where wincni does without it. */
const overlayIpv6 = check({
  id: 'overlay.ipv6',
  about: 'ranges of IPv6 on an overlay, which has IPv4 alone',
  levels: ['fail', 'note'],
  needs: ['configurations'],
  applies: ({ configurations }) =>
    attachingInEffect(configurations).some(({ mode }) => isOfType(mode, 'Overlay')),
  find: ({ configurations }) =>
    attachingInEffect(configurations).flatMap((plugin): readonly Finding<'fail' | 'note'>[] => {
      const { attach, at, mode } = plugin;
      if (!isOfType(mode, 'Overlay') || !attach) return [];
      const has = (family: 4 | 6) => attach.subnets.some((subnet) => subnet.family === family);
      if (!has(6)) return [];
      const place = at.endsWith('delegate') ? 'FLANNEL_IPV6_SUBNET' : placeOf(plugin, 'ipam');
      const remedy = edit(plugin, 'give an IPv4 subnet, or use win-bridge for both families');
      return has(4)
        ? [
            {
              level: 'note',
              what: `${place} has an IPv6 range: on an overlay pods get IPv4 alone`,
              remedy,
            },
          ]
        : [
            {
              level: 'fail',
              what: `${place} has IPv6 ranges alone, and ${mode.name} does no IPv6 on an overlay: no pod is added`,
              remedy,
            },
          ];
    }),
});

/** What overlays alone have. */
export const overlayChecks = [overlayIpv6] as const;
