import { parseCidr } from '../../cni/address.ts';
import { isJsonObject } from '../../cni/json-object.ts';
import type { Json } from '../helpers/trial-node.ts';
import {
  cleared,
  creating,
  type Difference,
  entriesOf,
  exceptionsIn,
  has,
  isListed,
  isOurs,
  policiesIn,
  policyOf,
  settingsOf,
  withExceptions,
  withPolicies,
} from './difference.ts';

/** Of policies. */
export const policyDifferences: readonly Difference[] = [
  {
    id: 'policy shapes',
    reason:
      'operators move from V1 to V2 with the policies they have; a policy must not be lost in silence',
    documented: 'One of the other dialect\n  is translated',
    asks(config, { dialect }) {
      const args = Array.isArray(config['AdditionalArgs']) ? config['AdditionalArgs'] : [];
      const listed = [...entriesOf(config), ...args.filter(isJsonObject)]
        .filter(isOurs)
        .map(policyOf);
      const known = listed.map((policy) => {
        const exceptions = exceptionsIn(policy);
        const inV2 = isJsonObject(policy['Settings']);
        if (policy['Type'] === 'ROUTE' && dialect === 'v2') {
          const { Type: _, ...Settings } = policy;
          return { Type: 'SDNRoute', Settings };
        }
        if (policy['Type'] === 'SDNRoute' && dialect === 'v1') {
          return { Type: 'ROUTE', ...settingsOf(policy) };
        }
        if (exceptions && inV2 !== (dialect === 'v2')) return withExceptions(dialect, exceptions);
        return policy['Type'] === 'SDNROUTE' ? { ...policy, Type: 'SDNRoute' } : policy;
      });
      return withPolicies(config, known);
    },
  },
  {
    id: 'an entry that says nothing',
    reason: 'the reference sends HNS an empty policy, which it refuses',
    documented: 'an entry of `policies` without a name or a value',
    asks: (config, played) =>
      has(played, 'an entry without a value') ? { ...config, policies: [] } : config,
  },
  {
    id: 'exceptions as HNS has them',
    reason:
      'HNS wants networks, and a list for each family; the same network in two spellings is one',
    documented:
      'An exception with host bits is sent without them, one without a length as an address alone',
    asks(config, { dialect }) {
      const listed = entriesOf(config).filter(isOurs).map(policyOf);
      const clean = listed.map((policy) => {
        const exceptions = exceptionsIn(policy);
        if (!exceptions) {
          const isBare = policy['Type'] === 'OutBoundNAT' && Object.keys(policy).length === 1;
          return isBare ? withExceptions(dialect, []) : policy;
        }
        const { Exceptions: _, ExceptionList: __, Type: ___, ...more } = settingsOf(policy);
        const kept = exceptions.map(cleared);
        return kept.join() === exceptions.join() ? policy : withExceptions(dialect, kept, more);
      });
      const other = String(config['ipMasqNetwork']);
      const ipMasqNetwork = parseCidr(other) ? { ipMasqNetwork: cleared(other) } : {};
      return { ...withPolicies(config, clean), ...ipMasqNetwork };
    },
  },
  {
    id: 'routes as HNS has them',
    reason: 'a destination is a network',
    documented: "A route's destination is sent without its host bits, too",
    asks: (config) =>
      withPolicies(
        config,
        entriesOf(config)
          .filter(isOurs)
          .map(policyOf)
          .map((policy) => {
            const destination = settingsOf(policy)['DestinationPrefix'];
            if (typeof destination !== 'string') return policy;
            const read = { DestinationPrefix: cleared(destination) };
            return isJsonObject(policy['Settings'])
              ? { ...policy, Settings: { ...policy['Settings'], ...read } }
              : { ...policy, ...read };
          }),
      ),
  },
  {
    id: 'ipMasq false',
    reason: 'an operator who writes false means it',
    documented: '`ipMasq: false` adds none',
    asks(config, { place }) {
      if (place.plugin !== 'win-bridge' || config['ipMasq'] !== false) return config;
      const { ipMasqNetwork: _, ...rest } = config;
      return rest;
    },
  },
  {
    id: 'one exception list',
    reason: 'HNS ignores or refuses a second OutBoundNAT of a family',
    documented: 'There is one OutBoundNAT policy for each family, with every exception once',
    asks(config, { dialect, place }) {
      const listed = entriesOf(config).filter(isOurs).map(policyOf);
      const lists = listed.filter((policy) => exceptionsIn(policy));
      const [first] = lists;
      if (!first) return config;
      const other = String(config['ipMasqNetwork']);
      const masquerade = parseCidr(other) ? cleared(other) : undefined;
      const overlay = place.plugin === 'win-overlay';
      const subnet = overlay && config['ipMasq'] === true ? [place.subnet] : [];
      const added = overlay && config['ipMasq'] !== true ? [] : masquerade ? [masquerade] : [];
      const all = [...lists.flatMap((policy) => exceptionsIn(policy) ?? []), ...subnet, ...added];
      const Exceptions = [...new Set(all.map(String).map(cleared))];
      const same = JSON.stringify(Exceptions) === JSON.stringify(exceptionsIn(first));
      const { Exceptions: _, ExceptionList: __, Type: ___, ...more } = settingsOf(first);
      const [four, six] = [false, true].map((wanted) =>
        Exceptions.filter((exception) => exception.includes(':') === wanted),
      );
      const merged =
        six?.length === 0
          ? [same ? first : withExceptions(dialect, Exceptions, more)]
          : [four, six].map((list) => withExceptions(dialect, list ?? [], more));
      return withPolicies(
        config,
        listed.flatMap((policy) =>
          policy === first ? merged : exceptionsIn(policy) ? [] : [policy],
        ),
      );
    },
  },
  {
    id: 'one provider address',
    reason: 'an endpoint has one; who lists it means it',
    documented: 'A listed provider address',
    becomes(steps, { config, place }) {
      const isPa = (policy: Json) => /^(?:PA|ProviderAddress)$/.test(String(policy['Type']));
      const listed = entriesOf(config).filter(isOurs).map(policyOf).filter(isPa);
      if (place.plugin !== 'win-overlay' || listed.length === 0) return steps;
      return creating(steps, (document) => ({
        ...document,
        Policies: policiesIn(document).filter(
          (policy) => !isPa(policy) || isListed(config, policy),
        ),
      }));
    },
  },
  {
    id: 'loopback DSR comes last',
    reason: 'one order of policies in both dialects',
    documented: 'the policy of `loopbackDSR` comes after the others',
    becomes: (steps, { dialect, place }) =>
      place.plugin !== 'win-overlay' || dialect === 'v1'
        ? steps
        : creating(steps, (document) => {
            const policies = policiesIn(document);
            const ip = Object(
              Array.isArray(document['IpConfigurations']) ? document['IpConfigurations'][0] : {},
            );
            const own = policies.filter(
              (policy) =>
                JSON.stringify(settingsOf(policy)['Destinations']) ===
                JSON.stringify([ip['IpAddress']]),
            );
            if (own.length === 0) return document;
            return {
              ...document,
              Policies: [...policies.filter((policy) => !own.includes(policy)), ...own],
            };
          }),
  },
  {
    id: 'ipMasqNetwork on an overlay',
    reason: 'traffic to the other nodes’ pods is not masqueraded either',
    documented: 'on an overlay `ipMasqNetwork` is among the exceptions',
    becomes(steps, { config, dialect, place }) {
      const other = config['ipMasqNetwork'];
      if (place.plugin !== 'win-overlay' || config['ipMasq'] !== true || !other) return steps;
      return creating(steps, (document) => ({
        ...document,
        Policies: policiesIn(document).map((policy) =>
          exceptionsIn(policy)?.join() === place.subnet
            ? withExceptions(dialect, [place.subnet, cleared(String(other))])
            : policy,
        ),
      }));
    },
  },
];
