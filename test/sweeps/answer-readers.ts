import fc from 'fast-check';
import { callsOver } from '../../hns-bridge/calls.ts';
import type { Hns, WantedEndpoint } from '../../hns-bridge/client.ts';
import { libraryRefusal } from '../../hns-bridge/library-failures.ts';
import { answerFailure } from '../../hns-bridge/powershell/failures.ts';
import { createLineReader, parseLine } from '../../hns-bridge/powershell/protocol.ts';
import { strikeFault } from '../../hns-bridge/simulator/faults.ts';
import { readState } from '../../hns-bridge/simulator/state.ts';
import type { Transport } from '../../hns-bridge/transport.ts';
import { hnsV1 } from '../../hns-bridge/v1-client.ts';
import { hnsV2 } from '../../hns-bridge/v2-client.ts';
import { hostEndpoint, l2BridgeNetwork, namespace } from '../helpers/hns-documents.ts';
import { damaged, json, mutated, texts } from '../helpers/hostile.ts';
import { type Reader, reader } from './readers.ts';

const id = 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb00';
const subnet = '10.244.2.0/24';
const network = l2BridgeNetwork({ id, subnet });
const endpoint = hostEndpoint({ id, network: id, subnet });
const wanted: WantedEndpoint = { ID: id, Name: 'pod1_cbr0', HostComputeNetwork: id };
const state = {
  version: { Major: 13, Minor: 3 },
  networks: [network],
  endpoints: [endpoint],
  namespaces: [namespace(id, 2)],
};

/** What HNS answers, whatever it is asked. */
function answering(text: string): Transport {
  const answer = async () => text;
  return {
    v1: answer,
    enumerate: answer,
    query: answer,
    create: answer,
    async modify() {},
    async delete() {},
    async modifySystem() {},
    async close() {},
  };
}

/** Every answer that a client reads; all are tried, and the first that is refused is thrown. */
async function askAll(hns: Hns): Promise<void> {
  const asked = await Promise.allSettled([
    hns.version(),
    hns.networks(),
    hns.endpoints(),
    hns.endpointIdsNamed('pod1_cbr0'),
    hns.endpoint(id),
    hns.createEndpoint(wanted),
    hns.deleteEndpoint(id),
  ]);
  for (const answer of asked) if (answer.status === 'rejected') throw answer.reason;
}

const objects = fc.oneof(mutated(endpoint), mutated(network), json);
const deep = fc
  .integer({ min: 1, max: 3000 })
  .map((depth) => '['.repeat(depth) + ']'.repeat(depth));
const v2Answers = fc.oneof(
  { weight: 6, arbitrary: objects.map((value) => JSON.stringify(value)) },
  fc.array(texts).map((value) => JSON.stringify(value)),
  damaged(JSON.stringify(endpoint)),
  texts,
  { weight: 1, arbitrary: deep },
);
const v1Answers = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .oneof(objects, fc.array(objects, { maxLength: 3 }))
      .map((Output) => JSON.stringify({ Success: true, Output })),
  },
  mutated({ Success: false, Error: 'not found (0x803b0002)', ErrorCode: 1168 }).map((value) =>
    JSON.stringify(value),
  ),
  v2Answers,
);

const line = '7\terr\thresult\t0x803B0002\tHcnOpenEndpoint\t{"Success":false,"ErrorCode":1168}';

/** What HNS, PowerShell and the simulator's own files say. */
export const answerReaders: readonly Reader[] = [
  reader("V1's answers", v1Answers, (text) => askAll(hnsV1(callsOver(answering(text))))),
  reader("V2's answers", v2Answers, (text) => askAll(hnsV2(callsOver(answering(text))))),
  reader(
    'error records',
    fc.tuple(
      fc.oneof(
        texts,
        json.map((value) => JSON.stringify(value)),
      ),
      fc.integer(),
    ),
    ([record, hresult]) => {
      throw libraryRefusal('create endpoint', 'HcnCreateEndpoint', {
        hresult: hresult >>> 0,
        record,
      });
    },
  ),
  reader(
    "PowerShell's lines",
    fc.oneof(damaged(line), damaged(`- ready 1 5.1 Desktop 64 7`.replaceAll(' ', '\t')), texts),
    (text) => {
      const lines = createLineReader(4096).read(Buffer.from(`${text}\n`)) ?? [];
      for (const parsed of lines.map(parseLine)) {
        if (parsed.kind === 'refusal') throw answerFailure('list networks', parsed);
      }
    },
  ),
  reader(
    "the simulator's files (for tests)",
    fc.oneof(
      mutated(state).map((value) => JSON.stringify(value)),
      damaged('[{"operation":"CreateEndpoint","code":"0x803B0020","after":1}]'),
      texts,
    ),
    (text) => {
      onlyErrors(() => readState(text));
      onlyErrors(() => strikeFault(text, '[]', { operation: 'CreateEndpoint', target: id }));
    },
  ),
];

/** What a test's own files are refused with is read by its author: an Error that says what is wrong. */
function onlyErrors(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) {
      throw error;
    }
  }
}
