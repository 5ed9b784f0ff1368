import { lifeByTransport, lifeOfPods } from '../helpers/life.ts';
import { folderOnC, windowsPlugins } from './wine.ts';

lifeOfPods({ start: windowsPlugins, makeFolder: folderOnC }, lifeByTransport);
