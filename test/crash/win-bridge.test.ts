import { bridge } from './chains.ts';
import { crashSuite } from './suite.ts';

crashSuite(bridge);
