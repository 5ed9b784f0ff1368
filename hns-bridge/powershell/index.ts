import type { Host } from '../../system/host.ts';
import { HnsError } from '../error.ts';
import type { HcnKind, Transport } from '../transport.ts';
import { locatePowerShell } from './locate.ts';
import { nativeScript } from './scripts.ts';
import {
  type Deadlines,
  type Session,
  type SessionDeps,
  startSession,
  usualDeadlines,
} from './session.ts';

/**
 * HNS through Windows PowerShell: one process for one command.
 *
 * | call | way | why |
 * | --- | --- | --- |
 * | V1, native.ps1 loaded | vmcompute.dll, HNSCall | what hcsshim, kube-proxy and flanneld use every day; text in, text out |
 * | V1 alone, or no such functions | COM object hns.1, Request2(method, path, body) | what the module HostNetworkingService does inside; text in, text out |
 * | V1, neither | the module's own Invoke-HnsRequest, its ConvertFrom-Json replaced by ours | its type list refuses some paths, so it comes last |
 * | V2, all of it | computenetwork.dll, Hcn…, by native.ps1 | no cmdlet and no COM object speaks V2 |
 * | Docker's containers | vmcompute.dll, Hcs…, by native.ps1 | they are HCS's, and HCS asks HNS |
 *
 * The module's exported cmdlets (Get-HnsNetwork, …) are not used even for reading: they parse the
 * JSON and give `.Output` alone, so numbers, dates and the service's own refusals don't come
 * through as they were. A request that failed one way is never repeated another way. When the COM
 * class is there and does not open (access denied, service disabled), that is the error. No compiler
 * runs: native.ps1 declares the functions in memory, without Add-Type. A command that will need it sends it
 * first; others by the first call that does, if any: PowerShell logs scripts with such words (HNS.md, "The
 * PowerShell session").
 */

/**
 * What PowerShell is started with. The log's steps: `powershell started` {pid, executable}, `powershell
 * ready` {pid, version, ms}, `powershell native` {ms} when the V2 functions are there, `powershell
 * closed` {pid, killed, ms}.
 */
export interface PowerShellOptions
  extends Pick<Host, 'env' | 'platform' | 'clock' | 'deadline' | 'log' | 'kill' | 'systemFolder'> {
  readonly deadlines?: Partial<Deadlines>;
  /** Whether the command will call V2 or HCS: then V1 goes through the same libraries. */
  readonly needsNative?: boolean;
}

/**
 * Starts PowerShell and gives the way to HNS through it. PowerShell is still starting when this
 * returns; the first call waits for it. Never throws: what is wrong is thrown by the calls, as
 * HnsError. It must be closed.
 */
export function openPowerShell(options: PowerShellOptions): Transport {
  const session = openSession(options);
  let loaded: Promise<void> | undefined;
  const loadNative = async () => {
    const started = options.clock.now();
    await session.call('load the native functions', 'load', nativeScript);
    options.log('powershell native', { ms: options.clock.now() - started });
  };
  const nativeLoaded = () => {
    loaded ??= loadNative();
    return loaded;
  };
  const native = async (operation: string, verb: 'v2' | 'hcs', ...fields: readonly string[]) => {
    await nativeLoaded();
    return await session.call(operation, verb, ...fields);
  };
  const v2 = (operation: string, ...fields: readonly string[]) =>
    native(operation, 'v2', ...fields);
  return {
    async v1(method, path, body) {
      // Where the functions can't be had, V1 has the COM object; who needs them is told so.
      if (options.needsNative) await nativeLoaded().catch(() => undefined);
      return await session.call(`answer ${method} ${path}`, 'v1', method, path, body);
    },
    enumerate: (kind, query) => v2(`list ${noun(kind)}s`, 'enum', kind, query),
    query: (kind, id, query) => v2(`read ${noun(kind)} ${id}`, 'query', kind, id, query),
    create: (kind, id, settings, network) =>
      v2(
        `create ${noun(kind)} ${id}`,
        'create',
        kind,
        id,
        settings,
        createdQuery,
        ...(kind === 'Endpoint' ? [network ?? ''] : []),
      ),
    async modify(kind, id, settings) {
      await v2(`modify ${noun(kind)} ${id}`, 'modify', kind, id, settings);
    },
    async delete(kind, id) {
      await v2(`delete ${noun(kind)} ${id}`, 'delete', kind, id);
    },
    async modifySystem(id, request) {
      await native(`modify compute system ${id}`, 'hcs', id, request);
    },
    close: () => session.close(),
  };
}

/** The query by which a new object's document is read. */
const createdQuery = '{"SchemaVersion":{"Major":2,"Minor":0}}';

const noun = (kind: HcnKind): string => kind.toLowerCase();

function openSession(options: PowerShellOptions): Session {
  const deps: SessionDeps = {
    ...options,
    deadlines: {
      ...usualDeadlines,
      start: options.deadline.within(usualDeadlines.start),
      session: Math.min(usualDeadlines.session, options.deadline.toEnd()),
      ...options.deadlines,
    },
  };
  try {
    return startSession(
      locatePowerShell(options.env, options.platform, options.systemFolder?.()),
      deps,
    );
  } catch (error) {
    if (error instanceof HnsError) return failedSession(error);
    throw error;
  }
}

/** A session whose PowerShell was not found: each call throws why. */
function failedSession(error: HnsError): Session {
  return { call: () => Promise.reject(error), close: () => Promise.resolve() };
}
