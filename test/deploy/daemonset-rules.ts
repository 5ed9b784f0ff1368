import * as z from 'zod/mini';

/**
 * What a DaemonSet of HostProcess containers must keep to. Of Kubernetes, by its documentation (Create a Windows
 * HostProcess Pod; Pod Security Standards); of hcsshim, by how it starts them (internal/jobcontainers); and of this
 * project, by what the manifests are for.
 */

const windowsOptions = z.optional(
  z.looseObject({ hostProcess: z.optional(z.boolean()), runAsUserName: z.optional(z.string()) }),
);

const securityContext = z.optional(z.looseObject({ windowsOptions }));

const variable = z.looseObject({
  name: z.string(),
  value: z.optional(z.string()),
  valueFrom: z.optional(
    z.looseObject({ fieldRef: z.optional(z.looseObject({ fieldPath: z.string() })) }),
  ),
});

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  command: z.optional(z.array(z.string())),
  args: z.optional(z.array(z.string())),
  env: z.optional(z.array(variable)),
  securityContext,
  volumeMounts: z.optional(
    z.array(
      z.looseObject({
        name: z.string(),
        mountPath: z.string(),
        readOnly: z.optional(z.boolean()),
      }),
    ),
  ),
});

const labels = z.record(z.string(), z.string());

/** As far as the rules look into it. */
export const daemonSetSchema = z.looseObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('DaemonSet'),
  metadata: z.looseObject({ namespace: z.string() }),
  spec: z.looseObject({
    selector: z.looseObject({ matchLabels: labels }),
    template: z.looseObject({
      metadata: z.looseObject({ labels }),
      spec: z.looseObject({
        affinity: z.optional(z.unknown()),
        tolerations: z.optional(z.array(z.record(z.string(), z.unknown()))),
        priorityClassName: z.optional(z.string()),
        serviceAccountName: z.optional(z.string()),
        hostNetwork: z.optional(z.boolean()),
        securityContext,
        initContainers: z.array(container),
        containers: z.array(container),
        volumes: z.array(z.looseObject({ name: z.string() })),
      }),
    }),
  }),
});

type DaemonSet = z.infer<typeof daemonSetSchema>;
type Container = z.infer<typeof container>;

interface Rule {
  readonly name: string;
  /** What is wrong, a line each. */
  readonly find: (set: DaemonSet, version: string) => readonly string[];
}

const podOf = (set: DaemonSet) => set.spec.template.spec;

const containersOf = (set: DaemonSet): readonly Container[] => [
  ...podOf(set).initContainers,
  ...podOf(set).containers,
];

/** A rule that each container must keep to. */
function ofEach(
  name: string,
  isKept: (container: Container, set: DaemonSet, version: string) => boolean,
): Rule {
  return {
    name,
    find: (set, version) =>
      containersOf(set)
        .filter((each) => !isKept(each, set, version))
        .map((each) => `${each.name}: ${name}`),
  };
}

/** A rule that the whole must keep to. */
function ofAll(name: string, isKept: (set: DaemonSet) => boolean): Rule {
  return { name, find: (set) => (isKept(set) ? [] : [name]) };
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The container's own options go before the pod's, field by field. */
const optionsOf = (each: Container, set: DaemonSet) => ({
  ...podOf(set).securityContext?.windowsOptions,
  ...each.securityContext?.windowsOptions,
});

/** The accounts of Windows that the documentation names; a group of the node's would do, too. */
const accounts = /^NT AUTHORITY\\(?:SYSTEM|Local service|NetworkService)$/i;

/** Fields of security contexts that are Linux'; the API server refuses them beside `os: windows`. */
const ofLinux =
  /"(?:privileged|capabilities|runAsUser|runAsGroup|fsGroup|seLinuxOptions|seccompProfile|appArmorProfile|readOnlyRootFilesystem|allowPrivilegeEscalation|procMount|sysctls|hostPID|hostIPC)"/;

/** What cmd, by which hcsshim starts a HostProcess container's command, would change, or end at. */
const changedByCmd = /["&|<>^%\n\r\t]/;

const wordsOf = (each: Container) => [...(each.command ?? []), ...(each.args ?? [])];

const matches = [
  { key: 'kubernetes.io/os', operator: 'In', values: ['windows'] },
  { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
];

const affinity = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: matches }],
    },
  },
};

const flanneldOf = (set: DaemonSet) =>
  podOf(set).containers.find(({ name }) => name === 'flanneld');

function variableOf(each: Container | undefined, name: string) {
  const found = each?.env?.find((one) => one.name === name);
  return found?.value ?? found?.valueFrom?.fieldRef?.fieldPath;
}

export const daemonSetRules: readonly Rule[] = [
  ofAll('hostNetwork is true', (set) => podOf(set).hostNetwork === true),
  ofEach(
    'every container is a HostProcess container: they cannot be mixed with others',
    (each, set) => optionsOf(each, set).hostProcess === true,
  ),
  ofEach('runs as an account of Windows', (each, set) =>
    accounts.test(optionsOf(each, set).runAsUserName ?? ''),
  ),
  ofAll('runAsNonRoot is not true', (set) => !/"runAsNonRoot":true/.test(JSON.stringify(set))),
  ofAll('nothing of Linux is set', (set) => !ofLinux.test(JSON.stringify(set))),
  ofAll('goes to Windows nodes of amd64 alone', (set) => same(podOf(set).affinity, affinity)),
  ofAll('tolerates every taint', (set) => same(podOf(set).tolerations, [{ operator: 'Exists' }])),
  ofAll(
    'is critical to the node',
    (set) => podOf(set).priorityClassName === 'system-node-critical',
  ),
  ofAll("is flannel's, by namespace and service account", (set) =>
    same([set.metadata.namespace, podOf(set).serviceAccountName], ['kube-flannel', 'flannel']),
  ),
  ofAll("selects its own pods, and none of flannel's for Linux", (set) => {
    const { matchLabels } = set.spec.selector;
    const own = set.spec.template.metadata.labels;
    const isOwn = Object.entries(matchLabels).every(([key, value]) => own[key] === value);
    return isOwn && own['app'] !== 'flannel';
  }),
  ofAll('installs the plugins, then writes the configuration, then starts flanneld', (set) =>
    same(
      [
        podOf(set).initContainers.map(({ name }) => name),
        podOf(set).containers.map(({ name }) => name),
      ],
      [['install', 'configuration'], ['flanneld']],
    ),
  ),
  ofEach('its image has a tag, and not `latest`', ({ image }) =>
    /^[\w.-]+(?:\/[\w.-]+)*:(?!latest$)[\w.-]+$/.test(image),
  ),
  ofEach(
    'an image of wincni is of this version',
    ({ image }, _, version) => !/\/wincni\b/.test(image) || image.endsWith(`/wincni:v${version}`),
  ),
  ofAll('installs with wincni, and asks nobody', (set) => {
    const [install] = podOf(set).initContainers;
    return /\/wincni:/.test(install?.image ?? '') && (install?.command ?? []).includes('--yes');
  }),
  ofEach(
    'starts a program by its name: cmd takes quotes at the beginning away',
    ({ command }) => command === undefined || /^[\w-]+\.exe$/.test(command[0] ?? ''),
  ),
  ofEach('its words are none that cmd would change', (each) =>
    wordsOf(each).every((word) => !changedByCmd.test(word) && !word.endsWith('\\')),
  ),
  ofEach('`$(` is only where Kubernetes puts a variable of the container in', (each) =>
    wordsOf(each).every((word) =>
      [...word.matchAll(/\$\((\w*)\)?/g)].every(([, name]) => variableOf(each, name ?? '')),
    ),
  ),
  ofAll(
    'volumes are of ConfigMaps: the node is there without them, and its pipes cannot be mounted',
    (set) =>
      podOf(set).volumes.every(({ name, ...kinds }) =>
        Object.keys(kinds).every((kind) => kind === 'configMap' || kind === 'projected'),
      ),
  ),
  ofEach('mounts what there is, read-only', (each, set) =>
    (each.volumeMounts ?? []).every(
      ({ name, readOnly }) =>
        readOnly === true && podOf(set).volumes.some((volume) => volume.name === name),
    ),
  ),
  ofAll('flanneld knows its node', (set) =>
    same(
      ['NODE_NAME', 'NODE_ADDRESS'].map((name) => variableOf(flanneldOf(set), name)),
      ['spec.nodeName', 'status.hostIP'],
    ),
  ),
  ofAll('flanneld reaches the API server without kube-proxy, which waits for its network', (set) =>
    ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'].every((name) =>
      variableOf(flanneldOf(set), name),
    ),
  ),
];

/** What is wrong with a DaemonSet, by rule. */
export function complaints(
  set: DaemonSet,
  version: string,
): Readonly<Record<string, readonly string[]>> {
  const found = daemonSetRules.map(({ find, name }) => [name, find(set, version)] as const);
  return Object.fromEntries(found.filter(([, lines]) => lines.length > 0));
}
