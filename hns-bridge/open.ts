import { isAbsolute, join } from 'node:path';
import type { Host } from '../system/host.ts';
import { isThere } from '../system/is-there.ts';
import { type Calls, callsOver } from './calls.ts';
import type { HnsClients } from './client.ts';
import { withDeadline } from './deadline.ts';
import { HnsError } from './error.ts';
import type { NativeOptions } from './native/index.ts';
import { withRetries } from './retry.ts';
import { withTrace } from './trace.ts';
import type { Transport } from './transport.ts';
import { hnsV1 } from './v1-client.ts';
import { hnsV2 } from './v2-client.ts';
import { type HnsWay, hnsWay, wayToHns } from './ways.ts';

/** HNS, opened: a client a dialect over one transport. */
export interface OpenHns extends HnsClients {
  /** The calls themselves, for who looks at documents as HNS writes them. */
  readonly calls: Calls;
  /** Lets go of the transport; never throws. */
  close(): Promise<void>;
}

/** What a command says of its way to HNS. */
export interface HnsOptions extends Pick<NativeOptions, 'answer' | 'libraries'> {
  /** A harness's own, in the place of the way that is asked for. */
  readonly transport?: Transport | undefined;
  /** What the configuration asks for; without it, PowerShell. */
  readonly configured?: HnsWay | undefined;
  /** What the command will ask HNS: what V1 lists alone, as far as it knows, or whatever there is. */
  readonly needs?: 'listings' | undefined;
}

/**
 * Opens the way to HNS: PowerShell, or its libraries when the configuration or WINCNI_HNS asks for them;
 * the simulator when WINCNI_HNS names it. Never one for want of another. Throws HnsError where there is
 * no way.
 */
export async function openHns(host: Host, options: HnsOptions): Promise<OpenHns> {
  const transport = options.transport ?? (await openTransport(host, options));
  const traced = withTrace(callsOver(transport), host.log, host.clock);
  const calls = withRetries(withDeadline(traced, host), host);
  return { calls, v1: hnsV1(calls), v2: hnsV2(calls), close: () => transport.close() };
}

/** Opens the transport alone, by the way that is asked for: for who notes its calls. Throws the same. */
export async function openTransport(host: Host, options: HnsOptions): Promise<Transport> {
  switch (chosenWay(host, options)) {
    case 'simulator': {
      const folder = simulatorFolder(host);
      const { openSimulator } = await import('./simulator/index.ts');
      return openSimulator(folder, host);
    }
    case 'native': {
      const { openNative } = await import('./native/index.ts').catch(withoutFfi);
      return openNative(host, options);
    }
    case 'powershell': {
      const { openPowerShell } = await import('./powershell/index.ts');
      return openPowerShell({ ...host, needsNative: options.needs !== 'listings' });
    }
  }
}

function chosenWay(
  { env, platform }: Host,
  { configured, libraries }: HnsOptions,
): HnsWay | 'simulator' {
  const way = wayToHns(env, configured);
  if (way === 'simulator') return way;
  const known = hnsWay(way);
  if (known === undefined) {
    throw unavailable(
      `WINCNI_HNS is ${JSON.stringify(way)}`,
      'it may be "powershell" or "native", which go before "hns" of the configuration, or "simulator"; without it, PowerShell is used',
    );
  }
  // Elsewhere than on Windows: the stand-in PowerShell and the doubles of the libraries, for tests.
  const isTrial = known === 'native' ? libraries !== undefined : env['WINCNI_HNS'] === 'powershell';
  if (platform === 'win32' || isTrial) return known;
  throw unavailable(
    `no Host Network Service on this machine: it is ${platform}, not Windows`,
    'to try the plugins here, set WINCNI_HNS=simulator and WINCNI_HNS_STATE=<folder>',
  );
}

/** node:ffi is experimental: it may be switched off, or not be there. */
function withoutFfi(error: unknown): never {
  const isMissing =
    error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_BUILTIN_MODULE';
  if (!isMissing) throw error;
  throw unavailable(
    'HNS cannot be reached natively: this Node has no node:ffi',
    'take the executables that npm run build makes, or set "hns": "powershell"',
  );
}

/** Only where somebody has laid one out: a command must not take a wrong path for an HNS with nothing in it. */
function simulatorFolder({ env, files }: Host): string {
  const folder = env['WINCNI_HNS_STATE'];
  if (folder && isAbsolute(folder)) {
    if (isThere(files, join(folder, 'hns.json'))) return folder;
    throw unavailable(
      `no hns.json in ${folder}, which WINCNI_HNS_STATE names`,
      'WINCNI_HNS=simulator needs one, {} will do (docs/simulator.md); on a Windows node take both variables out',
    );
  }
  throw unavailable(
    'WINCNI_HNS=simulator needs WINCNI_HNS_STATE, the absolute path of a folder',
    folder ? `WINCNI_HNS_STATE is ${JSON.stringify(folder)}` : 'WINCNI_HNS_STATE is not set',
  );
}

function unavailable(message: string, details: string): HnsError {
  return new HnsError(message, { kind: 'hns-unavailable', reason: 'other', details });
}
