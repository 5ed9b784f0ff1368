import { lifeOfPods, wholeLife } from '../helpers/life.ts';

lifeOfPods({}, wholeLife);
