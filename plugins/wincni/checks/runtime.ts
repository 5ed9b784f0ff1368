import { isJsonObject } from '../../../cni/json-object.ts';
import { documentField, documentsField, textField } from '../../../hns-bridge/json-document.ts';
import type { Facts } from '../facts/facts.ts';
import { isSamePath } from '../facts/node-paths.ts';
import { type CheckedNode, check, type Finding } from './check.ts';
import { bare, listed, quoted, restarted } from './commands.ts';
import { servicesRunning, startedAs } from './reading/started.ts';
import { containerdCheck, hasContainerd } from './runtime-containerd.ts';

const services = check({
  id: 'runtime.services',
  about:
    'containerd or Docker, kubelet and kube-proxy: as services or processes, and whether they run',
  levels: ['fail', 'warn'],
  needs: ['services', 'processes'],
  find({ facts }) {
    const runtimes = ['containerd', 'docker', 'rke2'].filter((name) => isRunning(facts, name));
    const stopped = ['kubelet', 'kube-proxy'].flatMap((name) => {
      const installed = servicesRunning(facts, name);
      const runs = isRunning(facts, name) || installed.some(({ state }) => state === 'Running');
      return runs ? [] : installed.slice(0, 1);
    });
    const findings: Finding<'fail' | 'warn'>[] = stopped.map(({ name }) => ({
      level: 'warn',
      what: `the service ${name} does not run`,
      remedy: [`Start-Service ${bare(name)}`],
    }));
    if (runtimes.length === 0) {
      const there = ['containerd', 'docker', 'rke2'].filter((name) => isInstalled(facts, name));
      const [first = 'containerd'] = there;
      findings.push({
        level: 'fail',
        what:
          there.length === 0
            ? 'there is no container runtime: neither containerd nor Docker'
            : `no container runtime runs: ${listed(there)} ${there.length === 1 ? 'is' : 'are'} stopped`,
        remedy: [`Start-Service ${first}`],
      });
    }
    if (runtimes.includes('containerd') && runtimes.includes('docker')) {
      findings.push({
        level: 'warn',
        what: 'containerd and Docker both run: of one the endpoints are in namespaces, of the other in containers',
        remedy: [
          'stop the one that kubelet does not use',
          ...(usesContainerd(facts)
            ? ['Stop-Service docker', 'Set-Service docker -StartupType Disabled']
            : ['its flag --container-runtime-endpoint says which']),
        ],
      });
    }
    return findings;
  },
});

/** Whether kubelet says that its pods are containerd's: stopping the other one ends none of them. */
function usesContainerd(facts: Facts): boolean {
  const kubelet = startedAs(facts, 'kubelet');
  const endpoint = kubelet.kind === 'known' && kubelet.flags.get('container-runtime-endpoint');
  return /containerd/i.test(endpoint || '');
}

/** The program that a service runs, where its name is another. */
const programs: Readonly<Record<string, string>> = { docker: 'dockerd' };

function isInstalled({ services: all = [] }: Facts, name: string): boolean {
  return all.some((service) => service.name.toLowerCase() === name);
}

function isRunning({ processes = [], services: all = [] }: Facts, name: string): boolean {
  const program = `${programs[name] ?? name}.exe`;
  return (
    all.some(({ name: known, state }) => known.toLowerCase() === name && state === 'Running') ||
    processes.some((process) => process.name.toLowerCase() === program)
  );
}

const effectiveConf = check({
  id: 'runtime.effective-conf',
  about: 'which file of the folder of configurations the runtime takes',
  levels: ['fail'],
  needs: [],
  // That there is no folder is an answer; that it could not be read is none.
  unknown({ facts: { missing } }) {
    const lack = missing.find(({ fact }) => fact === 'configurations');
    if (lack?.reason === 'administrator') return 'needs administrator';
    return lack && lack.reason !== 'absent' ? lack.what : undefined;
  },
  find({ configurations: { files }, facts: { folders } }) {
    if (files.length === 0) {
      const what = `there is no configuration in ${folders.conf[0] ?? 'any of the usual folders'}: no pod gets a network`;
      return [{ level: 'fail', what, remedy: ['wincni config generate --help'] }];
    }
    const first = files.find(({ inEffect }) => inEffect);
    const [wanted, ...more] = files.filter(isOurs);
    if (!wanted || !first || [wanted, ...more].some(({ inEffect }) => inEffect)) return [];
    const what = `the runtime takes ${first.name}, which has none of our plugins, before ${wanted.name}`;
    // A name without an ending that the runtime knows.
    const away = `Rename-Item -LiteralPath ${quoted(first.path)} -NewName ${quoted(`${first.name}.off`)}`;
    return [{ level: 'fail', what, remedy: [away] }];
  },
});

function isOurs({ plugins }: CheckedNode['configurations']['files'][number]): boolean {
  return plugins.some(({ plugin }) => plugin !== undefined);
}

const loaded = check({
  id: 'runtime.loaded',
  about: 'what the runtime has loaded (crictl info) against the files',
  levels: ['warn'],
  concerns: hasContainerd,
  needs: ['criInfo', 'configurations'],
  unknown: ({ facts: { criInfo } }) =>
    isJsonObject(criInfo?.['cniconfig']) ? undefined : 'crictl info says nothing of CNI',
  find({ configurations, facts }) {
    const { criInfo = {}, folders } = facts;
    const info = documentField(criInfo, 'cniconfig');
    const remedy = [restarted(facts, 'containerd'), 'crictl info'];
    const differing = (what: string): Finding<'warn'> => ({ level: 'warn', what, remedy });
    const findings: Finding<'warn'>[] = [];
    const folder = textField(info, 'PluginConfDir');
    const [conf] = folders.conf;
    if (folder !== undefined && conf !== undefined && !isSamePath(folder, conf)) {
      findings.push(differing(`the runtime has loaded ${folder}, and is configured for ${conf}`));
    }
    const sources = documentsField(info, 'Networks').map((network) =>
      textField(documentField(network, 'Config'), 'Source'),
    );
    const changed = configurations.files
      .filter(({ inEffect }) => inEffect)
      .filter(({ text = '' }) => !sources.some((source) => isSameJson(source ?? '', text)));
    for (const { name } of changed) {
      const what = `the runtime has not loaded ${name} as it is on the disk`;
      findings.push(differing(what));
    }
    const status = textField(criInfo, 'lastCNILoadStatus') ?? 'OK';
    if (status !== 'OK') findings.push(differing(`the runtime could not load CNI: ${status}`));
    return findings;
  },
});

/** Whether two texts are the same document; what is no JSON is compared as it is. */
function isSameJson(one: string, other: string): boolean {
  return one === other || canonical(one) === canonical(other);
}

function canonical(text: string): string {
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]): [string, unknown] => [key, sorted(entry)]));
}

const kubelet = check({
  id: 'runtime.kubelet',
  about: "kubelet's flags for CNI: of no use with containerd, needed with dockershim",
  levels: ['fail', 'warn'],
  needs: ['services', 'processes'],
  applies: ({ facts }) => startedAs(facts, 'kubelet').kind !== 'absent',
  unknown({ facts }) {
    const started = startedAs(facts, 'kubelet');
    return started.kind === 'unknown' ? started.why : undefined;
  },
  find({ facts }) {
    const started = startedAs(facts, 'kubelet');
    if (started.kind !== 'known') return [];
    const { flags } = started;
    if (!isDockershim(facts)) {
      const gone = [...flags.keys()].filter((name) => /^(?:network-plugin|cni-.*)$/.test(name));
      if (gone.length === 0) return [];
      const what = `kubelet has ${listed(gone.map((name) => `--${name}`))}, which kubelets from 1.24 on do not know`;
      return [
        { level: 'warn', what, remedy: ['take the flags out, and', restarted(facts, 'kubelet')] },
      ];
    }
    const { folders } = facts;
    return (
      [
        ['cni-conf-dir', folders.conf[0]],
        ['cni-bin-dir', folders.bin[0]],
      ] as const
    ).flatMap(([flag, folder]) => {
      const said = flags.get(flag)?.split(',') ?? [];
      if (said.length === 0 || folder === undefined) return [];
      if (said.some((path) => isSamePath(path, folder))) return [];
      const what = `kubelet has --${flag}=${said.join(',')}, and the plugins are set up in ${folder}`;
      return [
        {
          level: 'fail' as const,
          what,
          remedy: [`--${flag}="${folder}"`, restarted(facts, 'kubelet')],
        },
      ];
    });
  },
});

/** Docker without containerd beside it: kubelet before 1.24 calls the plugins itself. */
function isDockershim(facts: Facts): boolean {
  return isRunning(facts, 'docker') && !isRunning(facts, 'containerd') && !isRunning(facts, 'rke2');
}

const version = check({
  id: 'runtime.version',
  about: "containerd's version against the configurations' cniVersion",
  levels: ['fail'],
  concerns: hasContainerd,
  needs: ['containerd.version'],
  unknown: ({ facts }) =>
    majorOf(facts) === undefined
      ? `containerd's version is ${facts.containerd?.version}, which is no number`
      : undefined,
  find({ configurations: { files }, facts }) {
    const { containerd } = facts;
    if ((majorOf(facts) ?? 2) > 1) return [];
    return files.flatMap(({ inEffect, name, plugins }) => {
      const written = plugins.find(({ call }) => call?.version === '1.1.0');
      if (!inEffect || !written) return [];
      const what = `${name} has cniVersion 1.1.0, and containerd ${containerd?.version} refuses results of it`;
      return [{ level: 'fail' as const, what, remedy: ['"cniVersion": "1.0.0"'] }];
    });
  },
});

/** `1` of `v1.7.13`. */
function majorOf({ containerd }: Facts): number | undefined {
  const found = /^v?(\d+)\./.exec(containerd?.version ?? '');
  return found ? Number(found[1]) : undefined;
}

/** The runtime: what runs, what it loads, what kubelet says. */
export const runtimeChecks = [
  services,
  containerdCheck,
  effectiveConf,
  loaded,
  kubelet,
  version,
] as const;
