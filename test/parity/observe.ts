import { isJsonObject } from '../../cni/json-object.ts';
import type { JournalLine } from '../../scripts/simulated-node.ts';
import type { Json } from '../helpers/trial-node.ts';
import type { Case, Step } from './cases.ts';
import {
  EndedByWine,
  journalOf,
  leasesOf,
  makeNode,
  type Node,
  removeNode,
  runOn,
  type Side,
  stateOf,
} from './sides.ts';

/** What a step came to on a node: what was asked of HNS, what was answered, what is left. */
export interface Observed {
  readonly done: boolean;
  /** The requests of HNS that changed something, or should have made an endpoint, in their order. */
  readonly asked: readonly Json[];
  /** The result of an ADD that succeeded. */
  readonly answer: Json | undefined;
  /** The endpoints beside the host's, where each is attached, and the leases. */
  readonly endpoints: readonly Json[];
  readonly leases: Readonly<Record<string, string>>;
  /** What ours said on stderr though all went well. */
  readonly noise: string;
  /** What was said of a failure; not compared. */
  readonly said: string;
}

/**
 * Plays a case on a node of a side, from the beginning again when Wine itself ended a process: seen once in
 * a thousand starts of either side's, three at a time.
 */
export function play(side: Side, name: string, played: Case): Promise<Observed[]> {
  return withoutWine(async () => {
    const node = makeNode(side, name);
    const observed = await playOn(node, played);
    removeNode(node);
    return observed;
  });
}

/** What was played, once more where Wine has ended a process of it. */
export async function withoutWine<Played>(play: () => Promise<Played>): Promise<Played> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await play();
    } catch (error) {
      if (!(error instanceof EndedByWine) || attempt === 3) throw error;
      playedAgain++;
    }
  }
}

/**
 * Plays the reference once more: Wine may have ended its host-local, which it starts to undo an ADD and
 * whose failure it keeps to itself.
 */
export function playReferenceAgain(name: string, played: Case): Promise<Observed[]> {
  playedAgain++;
  return play('theirs', name, played);
}

/** How many cases were played again. */
export let playedAgain = 0;

async function playOn(node: Node, { config, place, steps }: Case): Promise<Observed[]> {
  const observed: Observed[] = [];
  let added: Json = {};
  for (const step of steps) {
    const before = journalOf(node).length;
    const own = withPortsOf(step.containerId, config);
    const asked = step.command === 'CHECK' ? { ...own, ...added } : own;
    const answer = await runOn(node, place, step, asked);
    if (step.command === 'ADD' && answer.exitCode === 0) {
      added = { prevResult: JSON.parse(answer.stdout) };
    }
    observed.push(observe(node, step, before, answer));
  }
  return observed;
}

/** A runtime's configuration for a pod: no two pods have a port of the node. */
function withPortsOf(containerId: string, config: Json): Json {
  const { runtimeConfig } = config;
  if (!isJsonObject(runtimeConfig) || containerId === 'pod1') return config;
  const text = JSON.stringify(runtimeConfig).replace(/"hostPort":(\d+)/g, (whole, port) =>
    port === '0' ? whole : `"hostPort":${Number(port) + 1000}`,
  );
  return { ...config, runtimeConfig: JSON.parse(text) };
}

function observe(
  node: Node,
  step: Step,
  before: number,
  { exitCode, stderr, stdout }: Awaited<ReturnType<typeof runOn>>,
): Observed {
  const lines = journalOf(node);
  const names = namesOfEndpoints(lines);
  const done = exitCode === 0;
  return {
    done,
    asked: lines.slice(before).flatMap((line) => change(line, names)),
    answer: done && step.command === 'ADD' ? resultOf(stdout) : undefined,
    endpoints: stateOf(node)
      .endpoints.filter(({ Name }) => Name !== 'cbr0_ep')
      .map(endpointOf),
    leases: leasesOf(node),
    noise: done && node.side === 'ours' ? stderr : '',
    said: done ? '' : `exit code ${exitCode}: ${stdout}${stderr}`,
  };
}

/** Endpoints by their names: their ids are another on each node. */
function namesOfEndpoints(lines: readonly JournalLine[]): ReadonlyMap<string, string> {
  const made = lines.flatMap(({ answer, body, code, operation, target }) => {
    if (code !== null) return [];
    const name = isJsonObject(body) ? String(body['Name']) : '';
    if (operation === 'CreateEndpoint') return [[String(target).toLowerCase(), name] as const];
    const output = isJsonObject(answer) && isJsonObject(answer['Output']) ? answer['Output'] : {};
    return operation === 'POST /endpoints'
      ? [[String(output['ID']).toLowerCase(), name] as const]
      : [];
  });
  return new Map(made);
}

/** A call that changed something, as it is compared; of the refused, those that should make an endpoint. */
function change(
  { body, code, operation, target }: JournalLine,
  names: ReadonlyMap<string, string>,
): readonly Json[] {
  const sent: Json = isJsonObject(body) ? body : {};
  const named = (id: unknown) => names.get(String(id).toLowerCase()) ?? String(id).toLowerCase();
  if (operation === 'CreateEndpoint' || operation === 'POST /endpoints') {
    const idBy = ourScheme.test(target ?? '') ? 'ours' : 'HNS';
    return [{ create: withoutIds(sent), idBy, ...(code === null ? {} : { refused: true }) }];
  }
  if (code !== null || /^(?:Open|Query|Enumerate|Get|GET)/.test(operation)) return [];
  switch (operation.replace(target || '-', '<id>')) {
    case 'DeleteEndpoint':
    case 'DELETE /endpoints/<id>':
      return [{ delete: named(target) }];
    case 'ModifyNamespace': {
      const settings = isJsonObject(sent['Settings']) ? sent['Settings'] : {};
      const endpoint = named(settings['EndpointId']);
      return [{ ...sent, Settings: { EndpointId: endpoint }, namespace: target }];
    }
    case 'ModifyComputeSystem':
      return [{ ...sent, Settings: named(sent['Settings']), container: target }];
    case 'POST /endpoints/<id>/detach':
      return [{ ...sent, detach: named(target) }];
    default:
      return [{ operation, target, sent }];
  }
}

const ourScheme = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** A document that was sent: the network's id in one letter case. */
function withoutIds(document: Json): Json {
  return Object.fromEntries(
    Object.entries(document).map(([key, value]) => [
      key,
      key === 'HostComputeNetwork' || key === 'VirtualNetwork'
        ? String(value).toLowerCase()
        : value,
    ]),
  );
}

/**
 * An endpoint as it is left: where it is, and how it is known. The rest of it is what was asked for. A MAC
 * address that HNS chose is another on each node.
 */
function endpointOf(endpoint: Json): Json {
  const { HostComputeNamespace, HostComputeNetwork, IpConfigurations, MacAddress } = endpoint;
  const mac = chosenByHns(MacAddress) ? '<chosen by HNS>' : MacAddress;
  const { Name, SharedContainers } = endpoint;
  const where = { HostComputeNamespace, HostComputeNetwork, SharedContainers };
  return { Name, IpConfigurations, MacAddress: mac, ...where };
}

const chosenByHns = (mac: unknown) => typeof mac === 'string' && /^00-15-5D/i.test(mac);

/** A result, a MAC address that HNS chose named so. */
function resultOf(stdout: string): Json {
  const text = stdout.replace(/"(00-15-5D|00:15:5D)[^"]*"/gi, '"<chosen by HNS>"');
  return JSON.parse(text);
}
