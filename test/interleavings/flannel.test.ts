import { flannelOverlay } from '../crash/chains.ts';
import { pairsOnOnePod, withFewInterruptions } from './bouts.ts';
import { playAll } from './suite.ts';

playAll(
  'two commands on one pod',
  withFewInterruptions(pairsOnOnePod({ chain: flannelOverlay })),
  [2, 4],
);
