import type { Json } from '../helpers/trial-node.ts';

/** What the tables of configurations are made of. */

/** A network of the nodes, and who serves it. */
export interface Place {
  readonly plugin: 'win-bridge' | 'win-overlay';
  readonly network: string;
  readonly subnet: string;
}

export const places: readonly Place[] = [
  { plugin: 'win-bridge', network: 'cbr0', subnet: '10.244.2.0/24' },
  { plugin: 'win-bridge', network: 'tunnel0', subnet: '10.245.0.0/16' },
  { plugin: 'win-overlay', network: 'flannel.4096', subnet: '10.244.3.0/24' },
];

/** What an entry of a table does to a configuration; for a dialect alone, if it says so. */
export interface Part {
  readonly says: string;
  readonly keys: (place: Place) => Json;
  readonly only?: 'v1' | 'v2' | Place['plugin'];
}

export const same = (says: string, keys: Json, only?: Part['only']): Part => ({
  says,
  keys: () => keys,
  ...(only ? { only } : {}),
});

export const policy = (value: unknown, name = 'EndpointPolicy') => ({ name, value });
export const policies = (says: string, values: readonly unknown[], only?: Part['only']): Part =>
  same(says, { policies: values.map((value) => policy(value)) }, only);

/** A subnet's addresses that the reference can give, too: not the host's own on a bridge. */
export const firstAddress = ({ subnet }: Place, last = 10) =>
  subnet.replace(/\d+\/\d+$/, String(last));
export const range = (place: Place) => ({ subnet: place.subnet, rangeStart: firstAddress(place) });
export const ipam = (more: (place: Place) => Json) => (place: Place) => ({
  ipam: { type: 'host-local', ...range(place), ...more(place) },
});
