import { sdnBridge } from '../chains.ts';
import { crashSuite } from '../suite.ts';

crashSuite(sdnBridge);
