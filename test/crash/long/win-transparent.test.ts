import { transparent } from '../chains.ts';
import { crashSuite } from '../suite.ts';

crashSuite(transparent);
