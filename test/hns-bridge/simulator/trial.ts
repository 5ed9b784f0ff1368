import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hex, isHnsError } from '../../../hns-bridge/error.ts';
import { openSimulator } from '../../../hns-bridge/simulator/index.ts';
import { nodeHost } from '../../../system/node-host.ts';
import {
  hostEndpoint,
  l2BridgeNetwork,
  namespace,
  overlayNetwork,
} from '../../helpers/hns-documents.ts';

export type Json = Readonly<Record<string, unknown>>;

export const ids = {
  bridge: 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb00',
  overlay: 'c8b1f5a3-62d9-4e4b-9a2a-3e7d4c2fdc11',
  host: '0d3a9c4e-6b1f-4e52-9c0a-c1f7d2eecb02',
  sandbox: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001',
  otherSandbox: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b002',
  pod: '1f0c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a01',
  otherPod: '1f0c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a02',
  nowhere: '99999999-9999-4999-8999-999999999999',
};

const bridgeSubnet = '10.244.2.0/24';

/** A node with a bridge (10.244.2.0/24), an overlay (10.244.3.0/24) and two empty sandboxes. */
export function nodeState(version: Json = { Major: 13, Minor: 3 }): Json {
  return {
    version,
    networks: [
      l2BridgeNetwork({ id: ids.bridge, subnet: bridgeSubnet }),
      overlayNetwork({ id: ids.overlay, subnet: '10.244.3.0/24' }),
    ],
    endpoints: [hostEndpoint({ id: ids.host, network: ids.bridge, subnet: bridgeSubnet })],
    namespaces: [namespace(ids.sandbox, 2), namespace(ids.otherSandbox, 3)],
    systems: [{ Id: 'f00d' }],
    rules: {
      secondExceptionList: 'refused',
      v1Refusals: 'answered',
      v1Endpoints: 'unlisted',
      restartLoses: 'networks',
      looksBeforeAddress: 3,
    },
    awaitingAddress: {},
  };
}

/** A folder with a simulated HNS; null: with no hns.json. */
export function trialFolder(state: Json | string | null = nodeState()) {
  const folder = mkdtempSync(join(tmpdir(), 'wincni-simulator-'));
  const path = (name: string) => join(folder, name);
  if (state !== null) {
    writeFileSync(path('hns.json'), typeof state === 'string' ? state : JSON.stringify(state));
  }
  const hns = openSimulator(folder, nodeHost(process));
  return {
    folder,
    path,
    hns,
    state: () => JSON.parse(readFileSync(path('hns.json'), 'utf8')),
    journal: () => journalOf(folder),
    order: (faults: readonly Json[]) => writeFileSync(path('faults.json'), JSON.stringify(faults)),
    createEndpoint: async (asked: Json = {}, id = ids.pod, network = ids.bridge) =>
      JSON.parse(
        await hns.create(
          'Endpoint',
          id,
          JSON.stringify({ Name: 'pod', HostComputeNetwork: network, ...asked }),
          network,
        ),
      ),
    move: (request: 'Add' | 'Remove', endpoint = ids.pod, sandbox = ids.sandbox) =>
      hns.modify(
        'Namespace',
        sandbox,
        JSON.stringify({
          ResourceType: 'Endpoint',
          RequestType: request,
          Settings: { EndpointId: endpoint },
        }),
      ),
    v1: async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: Json) =>
      JSON.parse(await hns.v1(method, path, body ? JSON.stringify(body) : '')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The lines of a journal; every one must be a whole document. */
function journalOf(folder: string): Json[] {
  const text = readFileSync(join(folder, 'calls.jsonl'), 'utf8');
  if (!text.endsWith('\n')) throw new Error('the journal ends within a line');
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The HRESULT an action is refused with, `none` when it is not. */
export async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return 'none';
  } catch (error) {
    if (isHnsError(error) && error.code !== undefined) return hex(error.code);
    throw error;
  }
}
