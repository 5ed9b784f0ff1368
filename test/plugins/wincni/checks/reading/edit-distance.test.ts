import { expect, it } from 'vitest';
import {
  editDistance,
  meantBy,
} from '../../../../../plugins/wincni/checks/reading/edit-distance.ts';

it.each([
  ['', '', 0],
  ['abc', '', 3],
  ['policies', 'policys', 2],
  ['delegate', 'delgeate', 1],
  ['nameservers', 'nameserver', 1],
  ['ipam', 'dns', 4],
])('from %j to %j it is %i', (one, other, distance) => {
  expect(editDistance(one, other)).toBe(distance);
  expect(editDistance(other, one)).toBe(distance);
});

const known = ['type', 'name', 'dns', 'ipam', 'policies', 'ipMasq', 'ipMasqNetwork'];

it.each([
  ['policys', 'policies'],
  ['Ipmask', 'ipMasq'],
  ['ipmasqnetworks', 'ipMasqNetwork'],
  ['tpye', 'type'],
  ['dsn', 'dns'],
  ['POLICIES', undefined],
  ['note', undefined],
  ['environment', undefined],
  ['x'.repeat(100_000), undefined],
])('%.20j means %j', (text, meant) => {
  expect(meantBy(text, known)).toBe(meant);
});
