import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { type EndpointDocument, readEndpoint } from '../../../hns-bridge/documents.ts';
import type { Reasons } from '../../attach/from.ts';
import type { Identity } from '../../attach/identity.ts';
import { placedReasons } from './placed-reasons.ts';
import { reasonsInV1, reasonsInV2 } from './reasons.ts';
import type { Event } from './rehearsal.ts';
import { chosenByHns, type HnsChange } from './trial-hns.ts';

/** A change that would be asked of HNS, and why. */
export interface Request extends Pick<HnsChange, 'api' | 'operation' | 'target'> {
  readonly why: string;
  /** As it is sent. */
  readonly document?: JsonObject;
  /** Of each value of the document, by its path. */
  readonly reasons: Reasons;
  /** What HNS would say against it, by the simulator's rules. */
  readonly refused?: string;
}

/** What was planned last, and why. */
interface Planned {
  readonly reasons: Reasons;
  readonly endpoint: EndpointDocument;
}

/**
 * The changes of a rehearsal, each with its reasons.
 * @param identity of the pod's endpoint; GC has none
 * @param ofDelegate where the keys of the configuration are from, of a delegate's
 */
export function requestsOf(
  events: readonly Event[],
  identity: Identity | undefined,
  ofDelegate: Reasons = {},
): readonly Request[] {
  const requests: Request[] = [];
  let endpoint: Planned = { reasons: {}, endpoint: {} };
  let network: Reasons = {};
  for (const event of events) {
    if (event.kind === 'step' && event.step === 'endpoint planned') {
      const { facts } = event;
      endpoint = {
        reasons: placedReasons(textsOf(facts['reasons']), ofDelegate),
        endpoint: readEndpoint(facts['endpoint']) ?? {},
      };
    }
    if (event.kind === 'step' && event.step === 'network planned') {
      network = placedReasons(textsOf(event.facts['reasons']), ofDelegate);
    }
    if (event.kind !== 'change') continue;
    const { api, document, operation, refused, target } = event.change;
    requests.push({
      api,
      operation,
      target,
      ...explained(event.change, identity, endpoint, network),
      ...(document ? { document } : {}),
      ...(refused === undefined ? {} : { refused }),
    });
  }
  return requests;
}

function explained(
  change: HnsChange,
  identity: Identity | undefined,
  { endpoint, reasons }: Planned,
  network: Reasons,
): Pick<Request, 'why' | 'reasons'> {
  const { document = {}, operation, target } = change;
  const [verb, path = ''] = operation.split(' ');
  const ofPath = path.split('/')[2] ?? '';
  switch (path === '' ? operation : `${verb} ${path.replace(ofPath, ofPath && '<id>')}`) {
    case 'CreateNetwork':
      return {
        why: 'the network is missing, and this plugin makes it',
        reasons: reasonsInV2(document, network),
      };
    case 'CreateEndpoint':
      return {
        why: `the pod's endpoint, its id from ${reasons['ID']}`,
        reasons: reasonsInV2(document, reasons),
      };
    case 'POST /endpoints':
      return {
        why: "the pod's endpoint; V1 chooses its id",
        reasons: reasonsInV1(document, endpoint, reasons),
      };
    case 'ModifyNamespace':
    case 'ModifyComputeSystem':
      return membership(change, identity);
    case 'POST /endpoints/<id>/detach':
      return {
        why: `HCS does not know the container: HNS itself takes the endpoint out, ${whose(ofPath, identity)}`,
        reasons: { ContainerId: 'CNI_CONTAINERID', SystemType: "Docker's containers" },
      };
    default:
      return { why: whose(target || ofPath, identity), reasons: {} };
  }
}

/** An endpoint is put into a sandbox, or taken out of it. */
function membership(
  { api, document = {} }: HnsChange,
  identity: Identity | undefined,
): Pick<Request, 'why' | 'reasons'> {
  const sandbox = api === 'v2' ? "the pod's namespace, of CNI_NETNS" : 'the container';
  const isAdded = document['RequestType'] === 'Add';
  const id = api === 'v2' ? objectOf(document['Settings'])['EndpointId'] : document['Settings'];
  const endpoint = whose(String(id), identity);
  return {
    why: isAdded ? `into ${sandbox}` : `out of ${sandbox}, before it is deleted`,
    reasons: {
      ResourceType: 'what is put in or taken out',
      RequestType: isAdded ? 'it is put in' : 'it is taken out',
      [api === 'v2' ? 'Settings.EndpointId' : 'Settings']: endpoint,
    },
  };
}

const objectOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

function textsOf(value: unknown): Reasons {
  const entries = Object.entries(objectOf(value)).map(([key, text]) => [key, String(text)]);
  return Object.fromEntries(entries);
}

/** How the plugin knows an endpoint. */
function whose(id: string, identity: Identity | undefined): string {
  if (!identity) return 'it bears our mark, and is of none of the valid attachments';
  if (id === identity.id)
    return "the pod's endpoint, by the id that network, container and interface give";
  if (id === chosenByHns)
    return 'the endpoint that was just made: HNS chooses its id, and this one is made up';
  return `the pod's endpoint, by its name ${identity.name}`;
}
