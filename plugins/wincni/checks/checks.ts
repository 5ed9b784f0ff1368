import { bridgeChecks } from './bridge.ts';
import type { Check } from './check.ts';
import { confChecks } from './conf.ts';
import { exeChecks } from './exe.ts';
import { flannelChecks } from './flannel.ts';
import { hnsObjectChecks } from './hns-objects.ts';
import { hnsServiceChecks } from './hns-service.ts';
import { adapterChecks } from './node-adapters.ts';
import { surroundingsChecks } from './node-surroundings.ts';
import { windowsChecks } from './node-windows.ts';
import { overlayChecks } from './overlay.ts';
import { perfChecks } from './perf.ts';
import { proxyChecks } from './proxy.ts';
import { runtimeChecks } from './runtime.ts';
import { stateChecks } from './state.ts';

/** Every check, in the order in which doctor tells what it found. */
export const checks: readonly Check[] = [
  ...windowsChecks,
  ...adapterChecks,
  ...surroundingsChecks,
  ...hnsServiceChecks,
  ...hnsObjectChecks,
  ...runtimeChecks,
  ...confChecks,
  ...flannelChecks,
  ...overlayChecks,
  ...bridgeChecks,
  ...proxyChecks,
  ...stateChecks,
  ...exeChecks,
  ...perfChecks,
];
