import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { below } from '../system/rooted-files.ts';
import {
  type Attachment,
  type Conflist,
  readConflist,
  requestConfig,
  runPlugin,
} from './runtime.ts';

/**
 * A node for the operator's commands: its files lie below a folder, HNS is simulated, and a stand-in for
 * PowerShell tells what Windows would. It can be made sick in five ways at once.
 */

const root = join(import.meta.dirname, '..');
const fixture = (path: string) => readFileSync(join(root, 'test', 'fixtures', path), 'utf8');
const executables = join(root, 'dist', 'linux-x64');

/** What a command of the operator's came to. */
export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
}

/** Runs `wincni <words>` with an environment. */
export type Runner = (
  words: readonly string[],
  env: Readonly<Record<string, string>>,
) => Promise<Run>;

/** A node of files, with the operator's command line on it. */
export interface TrialNode {
  /** Runs `wincni <words>` on it, and says where its files are. */
  wincni(...words: readonly string[]): Promise<Run>;
  /** The text of a file, by the path that Windows has for it. */
  read(path: string): string;
  write(path: string, text: string): void;
  /** As `Remove-Item` would. */
  removeFile(path: string): void;
  /** As Windows Update would: the number behind the build. */
  update(ubr: number): void;
  /** Changes what the simulated HNS holds. */
  changeHns(change: (state: HnsState) => HnsState): void;
  remove(): void;
}

interface HnsState {
  readonly endpoints: readonly { readonly Name: string }[];
  readonly namespaces: readonly { readonly Id: string }[];
}

export const paths = {
  conflist: 'C:\\etc\\cni\\net.d\\10-flannel.conflist',
  sourceVip: 'C:\\k\\sourceVip.json',
  leases: '/var/lib/cni/networks',
  scratch: '/var/lib/cni/flannel',
} as const;

const pod = (containerId: string, number: string): Attachment => ({
  containerId,
  netns: `7e2f9d10-3c55-4b1e-8a27-90c4e5d1b00${number}`,
  ifName: 'eth0',
});

const pods = [pod('pod1', '1'), pod('pod2', '2')] as const;

/**
 * A node with two pods that is well.
 * @param program what stands under the plugins' names; a text that is nobody's, if not said
 */
export function wellNode(run: Runner, program?: string): TrialNode {
  const folder = mkdtempSync(join(tmpdir(), 'wincni-node-'));
  const files = join(folder, 'root');
  const hns = join(folder, 'hns');
  const at = (path: string) => below(files, path);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(at(path)), { recursive: true, mode: 0o700 });
    writeFileSync(at(path), text);
  };
  const update = (ubr: number) => {
    writeFileSync(join(hns, 'windows-facts.json'), JSON.stringify(windowsParts(ubr)));
  };
  mkdirSync(hns);
  update(5576);
  writeFileSync(join(hns, 'hns.json'), fixture('hns/overlay.json'));
  write('C:\\Program Files\\containerd\\config.toml', containerdConfig);
  write(paths.conflist, fixture('conf/flannel-overlay.conflist'));
  write('C:\\run\\flannel\\subnet.env', fixture('flannel/overlay.env'));
  write('C:\\etc\\kube-flannel\\net-conf.json', netConf);
  write(paths.sourceVip, sourceVipFile('10.244.1.2/24'));
  // kube-proxy's source address, as microsoft/SDN's scripts lease it.
  write(`${paths.leases}/flannel.4096/10.244.1.2`, 'dummy\r\ndummy');
  // One file under three names.
  const [first = '', ...others] = ['flannel', 'win-overlay', 'host-local'].map(
    (name) => `C:\\opt\\cni\\bin\\${name}.exe`,
  );
  write(first, 'a plugin');
  if (program !== undefined) copyFileSync(program, at(first));
  for (const other of others) linkSync(at(first), at(other));
  const env = {
    PATH: process.env['PATH'] ?? '',
    WINCNI_HNS: 'simulator',
    WINCNI_HNS_STATE: hns,
    WINCNI_STATE_DIR: join(folder, 'state'),
    WINCNI_POWERSHELL: join(root, 'test', 'fixtures', 'powershell', 'stand-in.ts'),
  };
  // What acts does so on the paths that a configuration says: those below the folder.
  const acting = join(folder, 'net.d');
  const actingList = () => {
    const list = readConflist(at(paths.conflist));
    const own = {
      subnetFile: at('C:\\run\\flannel\\subnet.env'),
      dataDir: at(paths.scratch),
      ipam: { dataDir: at(paths.leases) },
    };
    return { ...list, plugins: list.plugins.map((plugin) => ({ ...plugin, ...own })) };
  };
  mkdirSync(acting);
  for (const attachment of pods) addPod(actingList(), env, attachment);
  makeOld(at('/var/lib/cni'));
  return {
    wincni(...words) {
      writeFileSync(join(acting, '10-flannel.conflist'), JSON.stringify(actingList()));
      const place = /^(?:gc|lease release)/.test(words.join(' '))
        ? ['--conf-dir', acting]
        : ['--root', files];
      return run([...words, ...place], env);
    },
    read: (path) => readFileSync(at(path), 'utf8'),
    write(path, text) {
      write(path, text);
      makeOld(at('/var/lib/cni'));
    },
    removeFile: (path) => rmSync(at(path)),
    update,
    changeHns(change) {
      const file = join(hns, 'hns.json');
      writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What is younger than ten minutes may be a pod that is just being added. */
function makeOld(folder: string): void {
  const then = new Date(Date.now() - 3_600_000);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), then, then);
  }
}

function addPod(list: Conflist, env: Readonly<Record<string, string>>, pod: Attachment): void {
  const config = requestConfig(list, list.plugins[0] ?? {}, {});
  const { exitCode, stdout } = runPlugin({
    folder: executables,
    command: 'ADD',
    config,
    env,
    attachment: pod,
  });
  if (exitCode !== 0) throw new Error(`a pod could not be added: ${stdout}`);
}

/** Makes it sick in five ways. */
export function makeSick(node: TrialNode): void {
  // Without KB4489899.
  node.update(316);
  // Without the services' network.
  const conflist = node
    .read(paths.conflist)
    .replace('"10.96.0.0/12", "192.168.10.0/24"', '"192.168.10.0/24"');
  node.write(paths.conflist, conflist);
  // Of pod2 the namespace went, and its lease and scratch file, but not its endpoint.
  node.changeHns((state) => ({
    ...state,
    namespaces: state.namespaces.filter(({ Id }) => Id !== pods[1].netns),
  }));
  node.removeFile(`${paths.leases}/flannel.4096/10.244.1.4`);
  node.removeFile(`${paths.scratch}/pod2`);
  // Of a pod that is gone there is a lease.
  node.write(`${paths.leases}/flannel.4096/10.244.1.77`, 'pod9\r\neth0');
  node.write(paths.sourceVip, sourceVipFile('10.244.9.2/24'));
}

const containerdConfig = [
  'version = 2',
  '[plugins."io.containerd.grpc.v1.cri".cni]',
  "bin_dir = 'C:\\opt\\cni\\bin'",
  "conf_dir = 'C:\\etc\\cni\\net.d'",
  '',
].join('\n');

const netConf = JSON.stringify({
  Network: '10.244.0.0/16',
  Backend: { Type: 'vxlan', VNI: 4096, Port: 4789, Name: 'flannel.4096' },
});

const sourceVipFile = (ip: string) => JSON.stringify({ cniVersion: '0.2.0', ip4: { ip } });

/** What Windows says of itself: the fixture's node, with a patch level and this node's services. */
function windowsParts(ubr: number): Readonly<Record<string, string>> {
  const parts: Readonly<Record<string, string>> = JSON.parse(
    fixture('powershell/windows-facts.json'),
  );
  const proxy =
    '--proxy-mode=kernelspace --hostname-override=win-7 --network-name=flannel.4096 --cluster-cidr=10.244.0.0/16 --source-vip=10.244.1.2 --feature-gates=WinOverlay=true';
  const kubelet = 'C:\\k\\kubelet.exe --hostname-override=win-7 --config=C:\\k\\kubelet.yaml';
  const flanneld = 'C:\\k\\flanneld.exe --kube-subnet-mgr --ip-masq';
  const service = (name: string, command: string, pid: number) => ({
    name,
    title: name,
    state: 'Running',
    start: 'Auto',
    command,
    pid,
  });
  const part = (value: unknown) => JSON.stringify({ value: [value] });
  return {
    ...parts,
    windows: part({
      name: 'Windows Server 2019 Datacenter',
      build: '17763',
      ubr,
      installation: 'Server Core',
      model: 'Virtual Machine',
      manufacturer: 'Microsoft Corporation',
    }),
    environment: part({ NODE_NAME: 'win-7', KUBE_NETWORK: 'flannel.4096' }),
    services: JSON.stringify({
      value: [
        service('hns', 'C:\\Windows\\System32\\svchost.exe -k NetSvcs -p', 1204),
        service('containerd', 'C:\\Program Files\\containerd\\containerd.exe --run-service', 2840),
        service('kubelet', kubelet, 3010),
        service('flanneld', flanneld, 3204),
        service('kube-proxy', `C:\\k\\kube-proxy.exe ${proxy}`, 3304),
      ],
    }),
    processes: JSON.stringify({
      value: [
        { name: 'containerd.exe', pid: 2840, command: '', threads: 20 },
        { name: 'kubelet.exe', pid: 3010, command: kubelet, threads: 20 },
        { name: 'flanneld.exe', pid: 3204, command: flanneld, threads: 9 },
        {
          name: 'kube-proxy.exe',
          pid: 3304,
          command: `C:\\k\\kube-proxy.exe ${proxy}`,
          threads: 14,
        },
      ],
    }),
    hnsCrashes: part(0),
  };
}

/** Mends the exceptions as doctor says: the list it prints, put in the place of the one that is there. */
export function pasteExceptions(node: TrialNode, doctor: string): void {
  const [, list] = /do +("Exceptions": \[.*\])/.exec(doctor) ?? [];
  if (list === undefined) throw new Error(`doctor prints no list to paste: ${doctor}`);
  node.write(paths.conflist, node.read(paths.conflist).replace(/"Exceptions": \[.*?\]/, list));
}
