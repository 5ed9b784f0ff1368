import { flannelLeftovers } from './flannel/leftovers.ts';
import { flannelNetConf } from './flannel/net-conf.ts';
import { flannelRunning } from './flannel/running.ts';
import { flannelSubnetEnv } from './flannel/subnet-env.ts';

/** flanneld, and what it leaves. */
export const flannelChecks = [
  flannelRunning,
  flannelSubnetEnv,
  flannelNetConf,
  flannelLeftovers,
] as const;
