import { flannelOverlay } from './chains.ts';
import { crashSuite } from './suite.ts';

crashSuite(flannelOverlay);
