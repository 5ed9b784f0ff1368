import { lifeByTransport, lifeOfPods } from '../helpers/life.ts';
import { standInPowerShell } from '../helpers/stand-in-powershell.ts';

const env = { WINCNI_HNS: 'powershell', WINCNI_POWERSHELL: standInPowerShell };
lifeOfPods({ env }, lifeByTransport);
