import { flannelSdnBridge } from '../chains.ts';
import { crashSuite } from '../suite.ts';

crashSuite(flannelSdnBridge);
