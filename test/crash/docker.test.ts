import { docker } from './chains.ts';
import { crashSuite } from './suite.ts';

crashSuite(docker);
