import { lifeOfPods } from '../helpers/life.ts';

lifeOfPods({});
