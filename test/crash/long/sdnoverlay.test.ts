import { sdnOverlay } from '../chains.ts';
import { crashSuite } from '../suite.ts';

crashSuite(sdnOverlay);
