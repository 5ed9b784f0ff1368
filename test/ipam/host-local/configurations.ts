import fc from 'fast-check';

/** Configurations of host-local, for the reference and ours side by side. */

const octet = fc.constantFrom(1, 2, 5, 6, 8, 9, 14, 100, 254);
/** An address that may be asked for. */
export const address = octet.map((last) => `10.1.2.${last}`);
const blocks = [
  '10.1.2.0/24',
  '10.1.2.0/28',
  '10.1.2.4/30',
  '10.1.2.8/29',
  '10.1.2.128/25',
  '10.1.2.6/31',
  '10.1.2.3/24',
  'fd00::/64',
  'fd00::8/126',
];
const range = fc.record(
  { subnet: fc.constantFrom(...blocks), rangeStart: address, rangeEnd: address, gateway: address },
  { requiredKeys: ['subnet'] },
);
/** `ipam` of host-local, right and wrong. */
export const ipam = fc.oneof(
  range,
  fc.record({ ranges: fc.array(fc.array(range, { maxLength: 2 }), { maxLength: 3 }) }),
);

/** Where ours refuses or skips on purpose what the reference lets pass. */
export function isDeliberate(text: string): boolean {
  // A gateway of the other family; the network or the broadcast address at an end of a range.
  return (
    /"fd00[^}]*"gateway"/.test(text) ||
    /(?:128\/25|4\/30|8\/29)[^}]*"range(?:Start|End)"/.test(text)
  );
}
