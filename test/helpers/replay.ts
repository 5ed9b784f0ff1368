import type { AcceptanceFile, RecordedCall } from '../../plugins/wincni/acceptance/document.ts';
import { ask } from '../../plugins/wincni/acceptance/hns-call.ts';
import { recordedTransport } from '../../plugins/wincni/acceptance/recorder.ts';
import { memoryHns } from './memory-hns.ts';

/**
 * Where the simulator differs from what a node's HNS answered: the calls of a file of acceptance are made
 * again, in their order, of a simulator that begins with the state which the node began with.
 *
 * Each difference once: `CreateEndpoint: refused with 0x803B002F, simulated: done` and
 * `QueryNetworkProperties Health.Data: recorded alone`. Ids, MAC addresses and addresses that HNS chose are
 * the simulator's own in what is asked next, and in what is compared.
 */
export async function differencesOf(file: AcceptanceFile): Promise<readonly string[]> {
  const hns = memoryHns(JSON.stringify(file.before), (_, rule) => rule());
  const replayed = new Set(file.steps.filter((step) => step.replayed).map(({ id }) => id));
  const chosen = new Map<string, string>();
  const differences = new Set<string>();
  for (const recorded of file.calls) {
    if (!replayed.has(recorded.step)) {
      await catchUp(hns.transport, recorded, chosen);
      continue;
    }
    const call = asChosen(recorded, chosen);
    const made: { answer: unknown; code: string | null; refusedBy?: string | undefined }[] = [];
    const transport = recordedTransport(hns.transport, { elapsed: () => 0 }, (line) =>
      made.push(line),
    );
    await ask(transport, call);
    const [simulated] = made;
    if (!simulated) throw new Error(`the simulator has no ${call.operation}`);
    // What was asked for is no choice of HNS's.
    const asked = JSON.stringify([call.target, call.body]).toLowerCase();
    if (recorded.code === null && simulated.code === null) {
      learn(recorded.answer, simulated.answer, asked, chosen);
    }
    for (const each of compared(recorded, simulated, chosen)) differences.add(each);
  }
  return [...differences].sort();
}

/** What looks at a network brings its address nearer: such calls are made, and not compared. */
async function catchUp(
  transport: Parameters<typeof ask>[0],
  recorded: RecordedCall,
  chosen: ReadonlyMap<string, string>,
): Promise<void> {
  if (recorded.operation.startsWith('Query')) await ask(transport, asChosen(recorded, chosen));
}

interface Answered {
  readonly answer: unknown;
  readonly code: string | null;
  readonly refusedBy?: string | undefined;
}

function compared(
  recorded: RecordedCall,
  simulated: Answered,
  chosen: ReadonlyMap<string, string>,
): string[] {
  const name = nameOf(recorded);
  const said = ({ code, refusedBy }: Answered) =>
    code === null ? 'done' : `refused with ${code} by ${refusedBy}`;
  if (recorded.code !== null || simulated.code !== null) {
    const [one, other] = [said(recorded), said(simulated)];
    return one === other ? [] : [`${name}: ${one}, simulated: ${other}`];
  }
  return differing(recorded.answer, simulated.answer, [], chosen).map((text) => `${name} ${text}`);
}

/** `POST /namespaces/<id>/addresource`. */
const nameOf = ({ operation, target }: RecordedCall) =>
  target === '' ? operation : operation.replace(target, '<id>');

const isGuid = (text: string) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
const isMac = (text: string) => /^[\da-f]{2}(?:-[\da-f]{2}){5}$/i.test(text);

/** Learns what HNS chose, where the simulator chose otherwise: an id or a MAC address that is new to both. */
function learn(
  recorded: unknown,
  simulated: unknown,
  asked: string,
  chosen: Map<string, string>,
): void {
  if (typeof recorded === 'string' && typeof simulated === 'string') {
    const [one, other] = [recorded.toLowerCase(), simulated.toLowerCase()];
    const isChoice = (isGuid(one) && isGuid(other)) || (isMac(one) && isMac(other));
    const isNew = !chosen.has(one) && ![...chosen.values()].includes(other);
    if (isChoice && isNew && !asked.includes(other)) chosen.set(one, other);
    return;
  }
  if (typeof recorded !== 'object' || typeof simulated !== 'object') return;
  const others = new Map(Object.entries(simulated ?? {}));
  for (const [key, value] of Object.entries(recorded ?? {})) {
    learn(value, others.get(key), asked, chosen);
  }
}

/** A call as it must be made of the simulator: with the ids and MAC addresses that it chose. */
function asChosen(call: RecordedCall, chosen: ReadonlyMap<string, string>): RecordedCall {
  const { api, body, network, operation, target } = call;
  const text = JSON.stringify({ api, body, network, operation, target });
  const guidOrMac = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?:[\da-f]{2}-){5}[\da-f]{2}/gi;
  const changed = text.replace(guidOrMac, (found) => chosen.get(found.toLowerCase()) ?? found);
  return { ...call, ...JSON.parse(changed) };
}

/** Where two documents differ, by path; an entry of a list is `[]`, whichever it is. */
function differing(
  recorded: unknown,
  simulated: unknown,
  path: readonly string[],
  chosen: ReadonlyMap<string, string>,
): string[] {
  const where = path.join('.') || 'answer';
  if (Array.isArray(recorded) && Array.isArray(simulated)) {
    const lengths =
      recorded.length === simulated.length
        ? []
        : [`${where}: ${recorded.length} entries, simulated: ${simulated.length}`];
    const common = recorded.slice(0, simulated.length);
    return [
      ...lengths,
      ...common.flatMap((entry, index) =>
        differing(entry, simulated[index], [...path, '[]'], chosen),
      ),
    ];
  }
  if (isObject(recorded) && isObject(simulated)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(simulated)]);
    return [...keys].flatMap((key) => {
      const [one, other] = [recorded[key], simulated[key]];
      const at = [...path, key].join('.');
      if (one === undefined) return [`${at}: simulated alone`];
      if (other === undefined) return [`${at}: recorded alone`];
      return differing(one, other, [...path, key], chosen);
    });
  }
  const [one, other] = [canonical(recorded, chosen), canonical(simulated, new Map())];
  return one === other ? [] : [`${where}: ${one}, simulated: ${other}`];
}

function canonical(value: unknown, chosen: ReadonlyMap<string, string>): string {
  const text = JSON.stringify(value);
  if (typeof value !== 'string' || !(isGuid(value) || isMac(value))) return text;
  return JSON.stringify(chosen.get(value.toLowerCase()) ?? value.toLowerCase());
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
