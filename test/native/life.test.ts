import { lifeByTransport, lifeOfPods } from '../helpers/life.ts';
import { nativePlugins } from './native.ts';

lifeOfPods({ start: nativePlugins, env: { WINCNI_HNS: 'native' } }, lifeByTransport);
