import { hostLocal } from '../crash/chains.ts';
import { pairsOnOneAddress, pairsOnOnePod } from './bouts.ts';
import { paths } from './node.ts';
import { playAll } from './suite.ts';

const ipamOf = (keys: object) => ({ type: 'host-local', dataDir: paths.leaseFolder, ...keys });

const setting = { chain: hostLocal, keys: { ipam: ipamOf({ subnet: '10.20.0.0/24' }) } };
// Two ADDs of one pod at once are left out: SPEC.md, section 2, forbids a runtime to run them.
const pairs = pairsOnOnePod(setting).filter(
  ({ commands: [one, other], there }) =>
    there.length > 0 || one?.command !== 'ADD' || other?.command !== 'ADD',
);
playAll('two commands on one pod', pairs, [0, 1, 2, 3, 20, 22, 24]);

const range = { subnet: '10.20.0.0/24', rangeStart: '10.20.0.10' };
playAll(
  'two pods and one address',
  pairsOnOneAddress(hostLocal, (free) => ipamOf({ ...range, rangeEnd: `10.20.0.${10 + free}` })),
  [0, 1, 2],
);
