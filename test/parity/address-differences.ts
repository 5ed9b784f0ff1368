import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '../../cni/json-object.ts';
import type { Json } from '../helpers/trial-node.ts';
import type { Case } from './cases.ts';
import {
  creating,
  type Difference,
  givesTwo,
  has,
  policiesIn,
  prefixOf,
  settingsOf,
  subnetsFirst,
  withIpam,
} from './difference.ts';
import type { Observed } from './observe.ts';
import { firstAddress } from './parts.ts';

/** Of addresses and gateways. */
export const addressDifferences: readonly Difference[] = [
  {
    id: 'the host’s own address',
    reason:
      'flanneld gives the second address of a bridge to the node, and the reference gives it to a pod',
    documented: 'The second address of each subnet of an L2Bridge network',
    asks: (config, played) =>
      played.place.plugin === 'win-bridge' && has(played, 'the whole subnet')
        ? withIpam(config, (ipam) => ({ ...ipam, rangeStart: subnetsFirst(played.place, 3) }))
        : config,
  },
  {
    id: 'the HNS subnet',
    reason: 'a gateway counts where HNS has it: IPAM may answer a wider prefix, or /32',
    documented: "of the HNS network's subnet that holds the pod",
    asks: (config, played) =>
      played.place.plugin === 'win-bridge' && has(played, 'a range inside a wider subnet')
        ? withIpam(config, (ipam) => ({ ...ipam, subnet: played.place.subnet }))
        : config,
  },
  {
    id: 'one address a family',
    reason:
      'the reference uses the first, keeps the others leased, and in old versions cannot delete them',
    documented: 'An endpoint gets the first address of each family',
    asks: (config, played) =>
      givesTwo(played)
        ? withIpam(config, ({ ranges, ...ipam }) => ({
            ...ipam,
            ranges: Array.isArray(ranges) ? ranges.slice(0, 1) : ranges,
          }))
        : config,
    becomes: (steps, played) => (givesTwo(played) ? withSecondSet(steps, played) : steps),
  },
  {
    id: 'IPv6 where the network has none',
    reason: 'the address that no endpoint gets is not to be leased',
    documented: 'IPv6 beside IPv4 is left out where',
    asks: (config, played) =>
      has(played, 'a range of IPv6 beside')
        ? withIpam(config, ({ ranges, ...ipam }) => ({
            ...ipam,
            ranges: Array.isArray(ranges) ? ranges.slice(0, 1) : ranges,
          }))
        : config,
    becomes: (steps, { parts, place }) =>
      parts.includes('a range of IPv6 beside')
        ? steps.map((step) =>
            Object.keys(step.leases).length > 0
              ? {
                  ...step,
                  leases: {
                    ...step.leases,
                    // On a bridge the second address is the host's.
                    [`${place.network}/last_reserved_ip.1`]:
                      place.plugin === 'win-bridge' ? 'fd00:244::3' : 'fd00:244::2',
                  },
                }
              : step,
          )
        : steps,
  },
  {
    id: 'prefix lengths',
    reason: 'HNS need not guess it; Azure’s plugin sends it, too',
    documented: 'the prefix length of its address',
    becomes(steps, { dialect, place }) {
      if (place.plugin !== 'win-bridge') return steps;
      const PrefixLength = prefixOf(place);
      return creating(steps, (document) => {
        if (dialect === 'v1') {
          return document['IPAddress'] === undefined ? document : { ...document, PrefixLength };
        }
        const ips = Array.isArray(document['IpConfigurations']) ? document['IpConfigurations'] : [];
        return {
          ...document,
          IpConfigurations: ips.map((ip) => ({ ...Object(ip), PrefixLength })),
        };
      });
    },
  },
  {
    id: 'an address that is asked for',
    reason: 'who asks for an address means it',
    documented: 'An address that the runtime asks for there',
    becomes(steps, played) {
      if (!has(played, 'no ipam, an address asked for')) return steps;
      const text = JSON.stringify(steps);
      const chosen = /"IpAddress":"([^"]+)"/.exec(text)?.[1];
      if (chosen === undefined) return steps;
      const asked = firstAddress(played.place, 79);
      const changed: readonly Observed[] = JSON.parse(text.replaceAll(chosen, asked));
      return creating(changed, (document) => ({
        ...document,
        IPAddress: asked,
        PrefixLength: prefixOf(played.place),
      }));
    },
  },
  {
    id: 'no address, no loopback DSR',
    reason: 'the reference sends HNS a destination of "<nil>"',
    documented: 'where HNS chooses the address, `loopbackDSR`',
    becomes: (steps) =>
      creating(steps, (document) => {
        const policies = policiesIn(document);
        const good = policies.filter(
          (policy) => JSON.stringify(settingsOf(policy)['Destinations']) !== '["<nil>"]',
        );
        if (good.length === policies.length) return document;
        const { Policies: _, ...rest } = document;
        return good.length === 0 ? rest : { ...document, Policies: good };
      }),
  },
  {
    id: 'addresses that HNS chooses',
    reason:
      'the reference sends V2 an address of no letters, and win-overlay’s V1 asks an IPAM of no name',
    documented: 'No `ipam`',
    judge(theirs, ours, played) {
      const refused = theirs.some(
        ({ done }, index) => !done && played.steps[index]?.command === 'ADD',
      );
      if (!played.parts.some((part) => part.startsWith('no ipam')) || !refused) return undefined;
      const mayCheck = String(played.config['cniVersion']) >= '0.4.0' && !refusedByAll(played);
      return ours.flatMap((step, index) => {
        const command = played.steps[index]?.command;
        if (command === 'CHECK') return step.done === mayCheck ? [] : [step.said];
        if (command === 'ADD' && refusedByAll(played)) {
          const left = [...step.endpoints, ...Object.keys(step.leases)];
          return step.done || left.length > 0 ? [JSON.stringify(step)] : [];
        }
        if (!step.done) return [step.said];
        if (command === 'DEL') return [];
        // But for its address, HNS is asked for what the reference asks for.
        const [asked, wanted] = [step, theirs[index]].map((one) => settingsAsked(one?.asked));
        if (wanted && !isDeepStrictEqual(asked, wanted)) return [JSON.stringify({ asked, wanted })];
        const ips = JSON.stringify(step.answer).match(/10\.24[45]\.\d+\.\d+\//g);
        return ips && Object.keys(step.leases).length === 0 ? [] : [JSON.stringify(step)];
      });
    },
  },
];

/** What an endpoint is asked for beside its address: undefined when none was. */
function settingsAsked(asked: readonly Json[] = []) {
  const document = asked.map(({ create }) => create).find(isJsonObject);
  return document && { Policies: policiesIn(document), Dns: document['Dns'] };
}

/** What no ADD can come to anything with, whoever chooses the address. */
const refusedByAll = (played: Case) =>
  played.steps.some(({ containerId }) => containerId === 'gone') ||
  has(played, 'a policy that HNS refuses') ||
  (played.place.plugin === 'win-overlay' &&
    played.parts.some((part) => /^a MAC prefix (?:of no hex|too long)/.test(part)));

/** The second set's round-robin mark, which stays though its address is given back. */
function withSecondSet(steps: readonly Observed[], { place }: Case): readonly Observed[] {
  const mark = `${place.network}/last_reserved_ip.1`;
  return steps.map((step) => {
    const first = step.leases[`${place.network}/last_reserved_ip.0`];
    if (first === undefined) return step;
    const last = first.replace(/\d+$/, (number) => String(Number(number) + 10));
    return { ...step, leases: { ...step.leases, [mark]: last } };
  });
}
