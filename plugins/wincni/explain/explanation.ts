import * as z from 'zod/mini';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { keyValue } from '../../../cni/keys.ts';
import { defined } from '../../../system/defined.ts';
import { endpointId, endpointName, type Identity } from '../../attach/identity.ts';
import { delegationReasons } from '../../flannel/delegation-reasons.ts';
import { leavesOf, reasonOf } from './reasons.ts';
import type { Event, Play, Rehearsal } from './rehearsal.ts';
import { requestsOf } from './requests.ts';

const document = () => z.record(z.string(), z.unknown());
const reasons = () => z.record(z.string(), z.string());

/** What `wincni explain` says. */
export const explanationSchema = () =>
  z.object({
    command: z.string(),
    plugin: z.string(),
    network: z.optional(z.string()),
    container: z.optional(z.string()),
    ifname: z.optional(z.string()),
    netns: z.optional(z.string()),
    /** Where the configuration is from. */
    conf: z.string(),
    offline: z.boolean(),
    /** What is taken for true, sentences. */
    assumed: z.array(z.string()),
    /** What flannel makes of its configuration. */
    delegate: z.optional(
      z.object({
        type: z.string(),
        /** The scratch file, where ADD has remembered it. */
        remembered: z.optional(z.string()),
        config: document(),
        reasons: reasons(),
      }),
    ),
    /** The network that the pod is attached to, as HNS shows it. */
    found: z.optional(
      z.object({
        name: z.string(),
        id: z.string(),
        type: z.string(),
        /** Each with its gateway, if it has one: `10.244.1.0/24 by 10.244.1.1`. */
        subnets: z.array(z.string()),
        managementAddress: z.optional(z.string()),
      }),
    ),
    ipam: z.object({
      /** Absent: HNS chooses the address. */
      type: z.optional(z.string()),
      addresses: z.array(z.string()),
      /** Its configuration, of one that is another executable, and what it would be asked. */
      asked: z.optional(z.array(z.object({ command: z.string(), config: document() }))),
    }),
    /** The changes that HNS would be asked for, in order. */
    requests: z.array(
      z.object({
        api: z.enum(['v1', 'v2', 'hcs']),
        operation: z.string(),
        target: z.string(),
        why: z.string(),
        document: z.optional(document()),
        /** Of each value of the document, by its path. */
        reasons: reasons(),
        refused: z.optional(z.string()),
      }),
    ),
    files: z.array(z.object({ path: z.string(), change: z.enum(['made', 'written', 'removed']) })),
    notes: z.array(z.string()),
    /** What the plugin would answer: a result, or its error. */
    result: z.optional(document()),
    error: z.optional(
      z.object({ code: z.number(), msg: z.string(), details: z.optional(z.string()) }),
    ),
    /** The executable whose answer is not known: what comes after it is not, either. */
    unknown: z.optional(z.string()),
  });

export type Explanation = z.infer<ReturnType<typeof explanationSchema>>;

/** What is said of a play beforehand. */
export interface Said extends Pick<Explanation, 'conf' | 'offline' | 'assumed'> {
  readonly notes: readonly string[];
}

/** What a rehearsal comes to. Pure. */
export function explanationOf(
  play: Play,
  { answer, events, files, unknown }: Rehearsal,
  said: Said,
): Explanation {
  const { CNI_COMMAND: command = '', CNI_CONTAINERID, CNI_IFNAME, CNI_NETNS } = play.env;
  const isOfPod = command !== 'GC';
  const delegate = delegateIn(play, events);
  const config = delegate?.config ?? play.config;
  const network = textUnder(config, 'name');
  const identity = isOfPod ? identityOf(play, network ?? '') : undefined;
  const failed = unknown === undefined && answer.exitCode !== 0;
  return {
    command,
    plugin: play.plugin,
    ...defined({ network }),
    ...(isOfPod
      ? defined({ container: CNI_CONTAINERID, ifname: CNI_IFNAME, netns: CNI_NETNS })
      : {}),
    conf: said.conf,
    offline: said.offline,
    assumed: said.assumed,
    ...(delegate ? { delegate } : {}),
    ...foundIn(events),
    ipam: ipamIn(config, events),
    requests: requestsOf(events, identity, delegate?.reasons).map((request) => ({ ...request })),
    files: files.map(({ change, path }) => ({ path, change })),
    notes: [...said.notes, ...events.flatMap(noteOf)],
    ...(!failed && answer.document ? { result: answer.document } : {}),
    ...(failed ? { error: errorIn(answer.document) } : {}),
    ...defined({ unknown }),
  };
}

/** The paths of values that no reason is known of: there are none, or explain has a gap. */
export function unexplained({ delegate, requests }: Explanation): readonly string[] {
  const of = (document: JsonObject, known: Readonly<Record<string, string>>) =>
    leavesOf(document).flatMap(({ path }) => (reasonOf(known, path) === undefined ? [path] : []));
  return [
    ...(delegate ? of(delegate.config, delegate.reasons) : []),
    ...requests.flatMap(({ document, reasons }) => (document ? of(document, reasons) : [])),
  ];
}

function identityOf({ env }: Play, network: string): Identity {
  const { CNI_CONTAINERID = '', CNI_IFNAME = '', CNI_NETNS = '' } = env;
  // A workload container of Docker has the endpoint of its sandbox.
  const sandbox = CNI_NETNS.startsWith('container:')
    ? CNI_NETNS.slice('container:'.length)
    : CNI_CONTAINERID;
  return { id: endpointId(network, sandbox, CNI_IFNAME), name: endpointName(sandbox, network) };
}

function delegateIn({ config }: Play, events: readonly Event[]): Explanation['delegate'] {
  const steps = events.filter((event) => event.kind === 'step');
  const called = steps.find(({ step }) => step === 'delegate called')?.facts;
  const built = called?.['config'];
  if (!called || !isJsonObject(built)) return undefined;
  const path = steps.find(({ step }) => step === 'delegate remembered')?.facts['path'];
  const type = String(called['type']);
  if (typeof path !== 'string')
    return { type, config: built, reasons: delegationReasons(config, built) };
  const reasons = Object.keys(built).map((key) => [key, 'as ADD remembered it']);
  return { type, remembered: path, config: built, reasons: Object.fromEntries(reasons) };
}

function foundIn(events: readonly Event[]): Pick<Explanation, 'found'> {
  for (const event of events) {
    if (event.kind !== 'step' || event.step !== 'network found') continue;
    const { id, managementAddress, name, subnets, type } = event.facts;
    return {
      found: {
        name: String(name),
        id: String(id),
        type: String(type),
        subnets: Array.isArray(subnets) ? subnets.map(String) : [],
        ...(typeof managementAddress === 'string' ? { managementAddress } : {}),
      },
    };
  }
  return {};
}

function ipamIn(config: JsonObject, events: readonly Event[]): Explanation['ipam'] {
  const ipam = keyValue(config, 'ipam');
  const type = isJsonObject(ipam) ? textUnder(ipam, 'type') : undefined;
  const given = events.flatMap((event) =>
    event.kind === 'step' && event.step === 'addresses given' ? [event.facts['addresses']] : [],
  );
  const addresses = given.at(-1);
  const asked = events.flatMap((event) =>
    event.kind === 'executable'
      ? [{ command: event.call.command, config: { ...event.call.config } }]
      : [],
  );
  return {
    ...defined({ type }),
    addresses: Array.isArray(addresses) ? addresses.map(String) : [],
    ...(asked.length > 0 ? { asked } : {}),
  };
}

/** Steps that are said otherwise, or say nothing to who asks why. */
const saidOtherwise: readonly string[] = [
  'hns',
  'endpoint planned',
  'network planned',
  'network found',
  'addresses given',
  'delegate called',
  'delegate remembered',
  'delegate configuration remembered',
  'subnet.env read',
];

function noteOf(event: Event): readonly string[] {
  if (event.kind !== 'step' || saidOtherwise.includes(event.step)) return [];
  const { facts, step } = event;
  if (step === 'note') return [String(facts['note'])];
  const said = Object.values(facts)
    .filter((value) => value !== undefined && value !== '')
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return [said.length === 0 ? step : `${step}: ${said.join(', ')}`];
}

function errorIn(document: JsonObject = {}): NonNullable<Explanation['error']> {
  const { code, details, msg } = document;
  return {
    code: Number(code),
    msg: String(msg),
    ...(typeof details === 'string' ? { details } : {}),
  };
}

function textUnder(config: JsonObject, key: string): string | undefined {
  const value = keyValue(config, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
