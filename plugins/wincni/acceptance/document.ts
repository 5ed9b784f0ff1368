import * as z from 'zod/mini';
import { once } from '../../../system/once.ts';
import { factsSchema } from '../facts/facts.ts';

const text = z.string();
const number = z.number();
const document = z.record(text, z.unknown());

/** HNS's objects as V2 writes them: what an hns.json of the simulator's is. */
const hnsState = z.object({
  version: z.object({ Major: number, Minor: number }),
  /** How this HNS does what HNS does in one way or another: the simulator's rules (docs/simulator.md). */
  rules: z.optional(z.record(text, z.union([text, number]))),
  networks: z.array(document),
  endpoints: z.array(document),
  namespaces: z.array(document),
});

const recordedCall = z.object({
  api: z.enum(['v1', 'v2', 'hcs']),
  operation: text,
  target: text,
  body: z.unknown(),
  /** Of an endpoint that was made. */
  network: z.optional(text),
  answer: z.unknown(),
  /** The HRESULT of a refusal, `0x803B0010`. */
  code: z.nullable(text),
  /** The native function that failed, `its answer` where V1 said so in that, or what became of the way. */
  refusedBy: z.optional(text),
  ms: number,
  /** The id of the step. */
  step: text,
});

const result = z.enum(['as expected', 'otherwise', 'not reached']);

const finding = z.object({
  expected: text,
  came: text,
  result,
  /** The lines of HNS.md that it bears on, by their handles. */
  claims: z.array(text),
});

const step = z.object({
  /** `native/nat/refusals`. */
  id: text,
  title: text,
  ms: number,
  /** Whether its calls follow from the state before and from each other: not where several asked at once. */
  replayed: z.boolean(),
  findings: z.array(finding),
});

const verdict = z.object({
  /** The handle of the line: `codes.network-exists`. */
  id: text,
  /** The line of HNS.md. */
  claim: text,
  verdict: z.enum(['confirmed', 'refuted', 'not reached']),
  evidence: text,
});

/** What `wincni acceptance` writes: test/fixtures/hns/real has such files, and the simulator is held to them. */
export const acceptanceSchema = once(() =>
  z.object({
    schema: z.literal(1),
    /** A node's HNS answered, or the simulator. */
    source: z.enum(['recorded', 'simulator']),
    /** The version of the suite. */
    wincni: text,
    /** ISO 8601. */
    at: text,
    /** Of Windows: `20348.2340`. */
    build: z.optional(text),
    /** Of HNS: `13.3`. */
    hns: text,
    /** By which ways HNS was asked. */
    ways: z.array(text),
    modes: z.array(text),
    facts: z.optional(factsSchema()),
    before: hnsState,
    after: hnsState,
    steps: z.array(step),
    calls: z.array(recordedCall),
    verdicts: z.array(verdict),
    /** What was made and is still there. */
    leftovers: z.array(text),
    /** What has changed of the machine's adapters. */
    adapters: z.array(text),
  }),
);

export type AcceptanceFile = z.infer<ReturnType<typeof acceptanceSchema>>;
export type RecordedCall = z.infer<typeof recordedCall>;
export type HnsState = z.infer<typeof hnsState>;
export type StepRecord = z.infer<typeof step>;
export type Verdict = z.infer<typeof verdict>;
