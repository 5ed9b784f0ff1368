import type * as z from 'zod/mini';
import { parseAddress } from '../../../cni/address.ts';
import { defined } from '../../../system/defined.ts';
import type { Facts } from './facts.ts';
import { firewallOf, portsOf } from './firewall-facts.ts';
import type { Lacking } from './probe.ts';
import { answers, type PartAnswer, type PartName, readPart } from './windows-answers.ts';

/** What a part answered, or why it did not. */
export type PartTexts = ReadonlyMap<
  PartName,
  string | Exclude<PartAnswer<never>, { items: unknown }>
>;

/** The facts that Windows tells. */
export type WindowsFacts = Pick<
  Facts,
  | 'adapters'
  | 'administrator'
  | 'defender'
  | 'environment'
  | 'features'
  | 'firewall'
  | 'hnsCrashes'
  | 'hnsProcess'
  | 'ports'
  | 'powershell'
  | 'processes'
  | 'routes'
  | 'services'
  | 'windows'
>;

/** Reads what windows-facts.ps1 answered: each part by itself, and why one has nothing to say. Pure. */
export function windowsFacts(texts: PartTexts, lacking: Lacking): WindowsFacts {
  const take = <Item>(part: PartName, schema: z.ZodMiniType<Item>, fact: string = part) => {
    const said = texts.get(part) ?? { error: 'it was not asked', reason: 'not asked' };
    const answer = typeof said === 'string' ? readPart(schema, said) : said;
    if ('items' in answer) return answer.items;
    lacking.add({ fact, reason: answer.reason, what: answer.error });
    return undefined;
  };
  const administrator = take('administrator', answers.administrator())?.[0];
  const routes = inUse(take('routes', answers.routes()));
  const processes = take('processes', answers.processes())?.map((found) => defined({ ...found }));
  const hidden = processes?.some(({ command }) => command === undefined) === true;
  if (hidden && administrator === false) lacking.add(needsRights('processes'));
  const defender = isWithoutDefender(texts)
    ? noDefender
    : take('defender', answers.defender())?.[0];
  const exclusionsHidden = defender && [...defender.paths, ...defender.processes].some(isRefusal);
  if (exclusionsHidden) lacking.add(needsRights('defender'));
  const environment = take('environment', answers.environment());
  return defined({
    administrator,
    windows: windowsOf(take('windows', answers.windows())?.[0]),
    features: featuresOf(take('features', answers.features())),
    services: take('services', answers.services())?.map((found) => defined({ ...found })),
    // Without rights the commands are not told, and a check of them would find flags missing.
    processes: hidden && administrator === false ? undefined : processes,
    hnsProcess: hnsProcessOf(take('hnsProcess', answers.hnsProcess()), lacking),
    hnsCrashes: take('hnsCrashes', answers.hnsCrashes())?.[0],
    adapters: adaptersOf({
      adapters: take('adapters', answers.adapters()),
      // An adapter that is shown without the addresses it has would be taken for one without.
      addresses: inUse(take('addresses', answers.addresses(), 'adapters')),
      interfaces: inUse(take('interfaces', answers.interfaces(), 'adapters.mtu')),
      routes,
    }),
    routes: routes && routesOf(routes),
    firewall: firewallOf(take('firewall', answers.firewall())?.[0]),
    ports: portsOf(take('ports', answers.ports())?.[0], lacking),
    powershell: take('powershell', answers.powershell())?.[0],
    defender:
      defender && !exclusionsHidden
        ? {
            enabled: defender.enabled,
            exclusionPaths: [...defender.paths],
            exclusionProcesses: [...defender.processes],
          }
        : undefined,
    environment: environment && { ...environment[0] },
  });
}

/** Server without the feature has no classes of Defender's: nothing looks at anything then. */
function isWithoutDefender(texts: PartTexts): boolean {
  const said = texts.get('defender');
  const answer = typeof said === 'string' ? readPart(answers.defender(), said) : said;
  return answer !== undefined && 'reason' in answer && answer.reason === 'absent';
}

const noDefender: One<'defender'> = { enabled: false, paths: [], processes: [] };

const needsRights = (fact: string) =>
  ({ fact, reason: 'administrator', what: 'Windows tells it to administrators alone' }) as const;

/** What Defender says in the place of exclusions: `N/A: Must be an administrator to view exclusions`. */
const isRefusal = (text: string) => /^N\/A\b/i.test(text);

type One<Part extends PartName> = z.output<ReturnType<(typeof answers)[Part]>>;
type Many<Part extends PartName> = readonly One<Part>[] | undefined;

/** The class has what is configured beside what is in use, which may differ. NetTCPIP's Store: 0 persistent, 1 active. */
function inUse<Item extends { readonly store?: number | undefined }>(
  found: readonly Item[] | undefined,
): readonly Item[] | undefined {
  const active = found?.filter(({ store }) => store === 1) ?? [];
  return active.length > 0 ? active : found;
}

function windowsOf(found: One<'windows'> | undefined): Facts['windows'] {
  if (!found) return undefined;
  const { installation = '', ubr = 0, ...rest } = found;
  return defined({ ...rest, installation, ubr });
}

/** Win32_OptionalFeature's InstallState, in the words of Get-WindowsOptionalFeature. */
const featureStates: Readonly<Record<number, string>> = {
  1: 'Enabled',
  2: 'Disabled',
  3: 'Absent',
};

function featuresOf(found: Many<'features'>): Facts['features'] {
  return (
    found &&
    Object.fromEntries(
      found.map(({ name, state = 0 }) => [name, featureStates[state] ?? 'Unknown']),
    )
  );
}

/** It answers nothing where the service does not run: `services` says that. */
function hnsProcessOf(found: Many<'hnsProcess'>, lacking: Lacking): Facts['hnsProcess'] {
  if (found?.length !== 0) return found?.[0];
  lacking.add({ fact: 'hnsProcess', reason: 'absent', what: 'the service hns does not run' });
  return undefined;
}

interface AdapterParts {
  readonly adapters: Many<'adapters'>;
  readonly addresses: Many<'addresses'>;
  readonly interfaces: Many<'interfaces'>;
  readonly routes: Many<'routes'>;
}

function adaptersOf(parts: AdapterParts): Facts['adapters'] {
  const { adapters, addresses, interfaces = [], routes = [] } = parts;
  if (!adapters || !addresses) return undefined;
  return adapters.map((found) => {
    const { description, index, name } = found;
    const isOwn = (each: { readonly index?: number | undefined }) => each.index === index;
    const own = interfaces.find(isOwn);
    const hops = routes.filter(isOwn).filter(isDefault);
    return defined({
      name,
      description,
      status: statusOf(found),
      mac: macOf(found.mac ?? found.permanent),
      mtu: own?.mtu,
      dhcp: own?.dhcp === undefined ? undefined : own.dhcp === 1,
      forwarding: own?.forwarding === undefined ? undefined : own.forwarding === 1,
      // An IPv6 address may name its link: fe80::1%5.
      addresses: distinct(
        addresses.filter(isOwn).map(({ address, prefix }) => `${address.split('%')[0]}/${prefix}`),
      ),
      gateways: distinct(hops.map(({ nextHop }) => nextHop)),
    });
  });
}

const distinct = (texts: readonly string[]) => [...new Set(texts)];

/** As Get-NetAdapter has it: of IF_OPER_STATUS, NET_IF_ADMIN_STATUS and NET_IF_MEDIA_CONNECT_STATE. */
function statusOf({ admin, media, operational }: One<'adapters'>): string {
  if (admin === 2) return 'Disabled';
  if (operational === 1) return 'Up';
  if (operational === 6) return 'Not Present';
  return media === 2 ? 'Disconnected' : 'Down';
}

/** `00155D0A0501`, as the class has it, with dashes. */
function macOf(text: string | undefined): string | undefined {
  const pairs = text?.replaceAll(/[^0-9a-f]/gi, '').match(/../g);
  return pairs?.length === 6 ? pairs.join('-').toUpperCase() : undefined;
}

function isDefault({ destination, nextHop }: One<'routes'>): boolean {
  const isOn = nextHop !== '0.0.0.0' && nextHop !== '::';
  return isOn && /^(?:0\.0\.0\.0|::)\/0$/.test(destination) && parseAddress(nextHop) !== undefined;
}

/** The class lists a route of the configuration and the one in use both: each once, the cheaper. */
function routesOf(found: readonly One<'routes'>[]): NonNullable<Facts['routes']> {
  const routes = new Map<string, NonNullable<Facts['routes']>[number]>();
  for (const { adapter, destination, link = 0, metric, nextHop } of found) {
    const key = [destination, nextHop, adapter].join(' ');
    const sum = metric === undefined ? undefined : metric + link;
    const known = routes.get(key);
    if (known && (sum === undefined || (known.metric ?? sum) <= sum)) continue;
    routes.set(key, defined({ destination, nextHop, adapter, metric: sum }));
  }
  return [...routes.values()];
}
