import { overlay } from './chains.ts';
import { crashSuite } from './suite.ts';

crashSuite(overlay);
