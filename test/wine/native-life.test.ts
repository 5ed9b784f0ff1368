import { lifeByTransport, lifeOfPods } from '../helpers/life.ts';
import { folderOnC, nativePlugins } from './wine.ts';

const env = { WINCNI_HNS: 'native' };
lifeOfPods({ start: nativePlugins, env, makeFolder: folderOnC }, lifeByTransport);
