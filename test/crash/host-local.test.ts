import { hostLocal } from './chains.ts';
import { crashSuite } from './suite.ts';

crashSuite(hostLocal);
