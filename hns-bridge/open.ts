import { isAbsolute } from 'node:path';
import type { Host } from '../system/host.ts';
import { callsOver } from './calls.ts';
import type { HnsClients } from './client.ts';
import { HnsError } from './error.ts';
import { withRetries } from './retry.ts';
import { withTrace } from './trace.ts';
import type { Transport } from './transport.ts';
import { hnsV1 } from './v1-client.ts';
import { hnsV2 } from './v2-client.ts';

/** HNS, opened: a client a dialect over one transport. */
export interface OpenHns extends HnsClients {
  /** Lets go of the transport; never throws. */
  close(): Promise<void>;
}

/**
 * Opens the way to HNS: PowerShell on Windows, or the simulator when WINCNI_HNS asks for it by name;
 * never the one for want of the other. Throws HnsError where there is no way.
 */
export async function openHns(host: Host): Promise<OpenHns> {
  const transport = await openTransport(host);
  const calls = withRetries(withTrace(callsOver(transport), host.log, host.clock), host.clock);
  return { v1: hnsV1(calls), v2: hnsV2(calls), close: () => transport.close() };
}

async function openTransport(host: Host): Promise<Transport> {
  const { env, platform } = host;
  const chosen = env['WINCNI_HNS'] ?? '';
  if (chosen === 'simulator') {
    const folder = env['WINCNI_HNS_STATE'];
    if (!folder || !isAbsolute(folder)) {
      throw unavailable(
        'WINCNI_HNS=simulator needs WINCNI_HNS_STATE, the absolute path of a folder',
        folder ? `WINCNI_HNS_STATE is ${JSON.stringify(folder)}` : 'WINCNI_HNS_STATE is not set',
      );
    }
    const { openSimulator } = await import('./simulator/index.ts');
    return openSimulator(folder, host);
  }
  // The stand-in PowerShell of the tests, where there is no other; never on Windows.
  const standIn = chosen === 'powershell' && platform !== 'win32';
  if (chosen !== '' && !standIn) {
    throw unavailable(
      `WINCNI_HNS is ${JSON.stringify(chosen)}`,
      'the only value it may have is "simulator"; without it, HNS itself is used',
    );
  }
  if (platform !== 'win32' && !standIn) {
    throw unavailable(
      `no Host Network Service on this machine: it is ${platform}, not Windows`,
      'to try the plugins here, set WINCNI_HNS=simulator and WINCNI_HNS_STATE=<folder>',
    );
  }
  const { openPowerShell } = await import('./powershell/index.ts');
  return openPowerShell(host);
}

function unavailable(message: string, details: string): HnsError {
  return new HnsError(message, { kind: 'hns-unavailable', reason: 'other', details });
}
