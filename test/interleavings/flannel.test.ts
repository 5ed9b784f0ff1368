import { flannelOverlay } from '../crash/chains.ts';
import { pairsOnOnePod, withFewInterruptions, withoutTwinAdds } from './bouts.ts';
import { playAll } from './suite.ts';

playAll(
  'two commands on one pod',
  withFewInterruptions(withoutTwinAdds(pairsOnOnePod({ chain: flannelOverlay }))),
  [0, 2],
);
