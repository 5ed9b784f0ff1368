import { nat } from './chains.ts';
import { crashSuite } from './suite.ts';

crashSuite(nat);
