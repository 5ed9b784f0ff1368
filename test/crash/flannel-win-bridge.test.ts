import { flannelBridge } from './chains.ts';
import { crashSuite } from './suite.ts';

crashSuite(flannelBridge);
