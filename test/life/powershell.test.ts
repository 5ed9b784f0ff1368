import { lifeOfPods } from '../helpers/life.ts';
import { standInPowerShell } from '../helpers/trial-node.ts';

lifeOfPods({ env: { WINCNI_HNS: 'powershell', WINCNI_POWERSHELL: standInPowerShell } });
