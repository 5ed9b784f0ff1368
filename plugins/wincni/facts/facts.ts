import * as z from 'zod/mini';
import { once } from '../../../system/once.ts';
import {
  adapter,
  defender,
  firewall,
  ports,
  powershell,
  process,
  route,
  service,
  windows,
} from './windows-schemas.ts';

/**
 * What is known of a node: all that doctor's checks, show and support look at. One document: gathered on the
 * node (gather.ts), saved, sent, and looked at elsewhere. Whatever could not be read is left out, and
 * `missing` says why.
 */

const text = z.string();
const number = z.number();
const optionalText = z.optional(text);
const document = z.record(text, z.unknown());

/** A file as it is: its text, or why it has none (ENOENT, EACCES, …). */
const file = z.object({ path: text, text: optionalText, error: optionalText });

/** Why a fact is not there. */
const missing = z.object({
  /** The key of the facts that is left out, `firewall`, or the part of it: `hns.v2`. */
  fact: text,
  /** Without rights; not on this system, or not installed; it failed; nobody asked. */
  reason: z.enum(['administrator', 'absent', 'failed', 'not asked']),
  /** In words. */
  what: text,
});

const version = z.object({ major: number, minor: number });

const hnsWay = z.object({
  way: z.enum(['powershell', 'native', 'simulator']),
  /** Whether it is the one that the configuration asks for. */
  configured: z.boolean(),
  version: z.optional(version),
  /** Of opening it and asking once, in milliseconds. */
  ms: z.optional(number),
  /** Why it did not answer: the plugins' own words. */
  error: z.optional(z.object({ message: text, details: text })),
});

/** HNS's objects as its dialects write them, untouched. */
const hns = z.object({
  ways: z.array(hnsWay),
  v1: z.optional(
    z.object({
      networks: z.array(document),
      endpoints: z.array(document),
      /** Services' load balancers. */
      policyLists: z.optional(z.array(document)),
      namespaces: z.optional(z.array(document)),
    }),
  ),
  v2: z.optional(
    z.object({
      networks: z.array(document),
      endpoints: z.array(document),
      namespaces: z.array(document),
    }),
  ),
});

const lease = z.object({
  /** Of the folder it is in, which is the network's name. */
  network: text,
  /** The whole path: what gc and `lease release` act on. */
  file: optionalText,
  /** The file's name, read as an address: `10.244.4.7`. */
  address: text,
  container: text,
  /** Empty where the file does not say it. */
  ifName: text,
  /** Milliseconds since 1970. */
  modified: number,
});

const sandbox = z.object({
  id: text,
  /** `SANDBOX_READY`, `SANDBOX_NOTREADY`. */
  state: text,
  name: text,
  namespace: text,
  /** The compute namespace, where the runtime tells it. */
  netns: optionalText,
});

/** What changes while pods come and go: read twice, since an ADD or DEL may be at it. */
const look = z.object({
  /** Milliseconds since 1970. */
  at: number,
  leases: z.array(lease),
  /** V1's listing, as HNS writes it. Left out where HNS does not answer. */
  endpoints: z.optional(z.array(document)),
  /** The ids of the compute namespaces there are. */
  namespaces: z.optional(z.array(text)),
  /** Of the runtime. Left out where it does not tell. */
  sandboxes: z.optional(z.array(sandbox)),
  /** What flannel remembers: the container, the interface where the file says it, the delegate. */
  scratch: z.array(
    z.object({
      /** The whole path. */
      file: text,
      container: text,
      text: optionalText,
      /** Milliseconds since 1970. */
      modified: z.optional(number),
    }),
  ),
});

const program = z.object({
  path: text,
  /** Bytes. */
  size: number,
  sha256: optionalText,
  /** Of the suite, where it is ours. */
  wincni: optionalText,
  /** The version that was installed in this very file, which has other bytes since. */
  changed: optionalText,
  /** How many names the file has. */
  links: z.optional(number),
});

const folderRights = z.object({
  folder: text,
  /** What it is for: `bin`, `conf`, `leases`, `scratch`, `subnet.env`, `log`, `state`. */
  use: text,
  who: z.array(text),
  /** The command that mends it. */
  mend: text,
});

const logSummary = z.object({
  path: text,
  /** Commands that it tells the end of, with their duration. */
  commands: number,
  /** Milliseconds. */
  p50: z.optional(number),
  p95: z.optional(number),
  /** How many failed with each code. */
  failures: z.record(text, number),
  /** The time of the first and the last line (ISO 8601). */
  from: optionalText,
  to: optionalText,
});

export const factsSchema = once(() =>
  z.object({
    schema: z.literal(1),
    /** Whether a node said so, or somebody thought it up. */
    source: z.enum(['recorded', 'written by hand']),
    /** The version of the suite that gathered it. */
    wincni: text,
    /** ISO 8601. */
    at: text,
    hostname: text,
    /** Node's word: `win32`, `linux`. */
    platform: text,
    /** Whether administrator's rights were there. */
    administrator: z.optional(z.boolean()),
    missing: z.array(missing),

    windows: z.optional(windows),
    /** Optional features: `Containers` and its like, `Enabled` or not. */
    features: z.optional(z.record(text, text)),
    services: z.optional(z.array(service)),
    /** Those of the runtime and the network: containerd, dockerd, kubelet, kube-proxy, flanneld, rke2. */
    processes: z.optional(z.array(process)),
    hnsProcess: z.optional(z.object({ pid: number, threads: number })),
    /** How often the service hns ended unexpectedly in 24 hours. */
    hnsCrashes: z.optional(number),
    adapters: z.optional(z.array(adapter)),
    routes: z.optional(z.array(route)),
    firewall: z.optional(firewall),
    ports: z.optional(ports),
    powershell: z.optional(powershell),
    defender: z.optional(defender),
    /** The machine's: HTTP_PROXY, HTTPS_PROXY, NO_PROXY, NODE_NAME, KUBE_NETWORK. */
    environment: z.optional(z.record(text, text)),
    hns: z.optional(hns),

    /** containerd's configuration, what it imports behind it. */
    containerd: z.optional(z.object({ version: optionalText, files: z.array(file) })),
    /** What `crictl info` says of CNI: `config` and `cniconfig` among it. */
    criInfo: z.optional(document),
    /** Where the runtime takes its configuration and its plugins from, as it was found; the first is in use. */
    folders: z.object({
      conf: z.array(text),
      bin: z.array(text),
      maxConfNum: z.optional(number),
      /** Those of them that are not there. */
      absent: z.optional(z.array(text)),
    }),
    /** The files of the first of `folders.conf`, in order. */
    configurations: z.array(file),
    /** flanneld's: each file where it is looked for. */
    subnetEnv: z.optional(file),
    netConf: z.optional(file),
    sourceVip: z.optional(z.array(file)),
    flanneldLog: z.optional(file),

    looks: z.array(look),
    programs: z.array(program),
    rights: z.array(folderRights),
    log: z.optional(logSummary),
  }),
);

export type Facts = z.infer<ReturnType<typeof factsSchema>>;
export type Look = z.infer<typeof look>;
export type FileFact = z.infer<typeof file>;
export type Missing = z.infer<typeof missing>;
