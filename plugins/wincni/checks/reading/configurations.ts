import { pluginNameOf } from '../../../../cni/delegate.ts';
import { CniError } from '../../../../cni/error.ts';
import { isJsonObject, type JsonObject } from '../../../../cni/json-object.ts';
import { keyValue } from '../../../../cni/keys.ts';
import type { Call } from '../../../../cni/plugin.ts';
import { readNetworkName, readVersion } from '../../../../cni/request.ts';
import { ipamType } from '../../../../ipam/address-source.ts';
import { defined } from '../../../../system/defined.ts';
import { type AttachConfig, readAttachConfig } from '../../../attach/config.ts';
import { assertSupported } from '../../../attach/listed-policies.ts';
import { type Mode, modeNamed } from '../../../attach/modes.ts';
import { readFlannelConfig } from '../../../flannel/config.ts';
import { buildDelegation } from '../../../flannel/delegation.ts';
import { parseSubnetEnv, type Reading } from '../../../flannel/subnet-env.ts';
import { pluginNames } from '../../../registry.ts';
import type { Facts } from '../../facts/facts.ts';
import { nameOf } from '../../facts/node-paths.ts';
import { type ConfigurationProblem, isConfigurationName, takeApart } from './configuration-file.ts';

/** The configurations of a node as its runtime and the plugins read them. */
export interface Configurations {
  /** Those that a runtime reads by their names, in its order. */
  readonly files: readonly ConfigurationFile[];
  /** What subnet.env says, where there is one. */
  readonly subnetEnv?: Reading;
}

export interface ConfigurationFile {
  readonly path: string;
  /** `10-flannel.conflist`. */
  readonly name: string;
  readonly text: string | undefined;
  /** Whether pods get it: the first of the folder, or one of the first max_conf_num. */
  readonly inEffect: boolean;
  /** What is wrong with the file itself, before any plugin reads it. */
  readonly problems: readonly ConfigurationProblem[];
  readonly plugins: readonly ConfiguredPlugin[];
}

/** A plugin of a configuration, or flannel's delegate. */
export interface ConfiguredPlugin {
  /** Of the file. */
  readonly path: string;
  /** The name of the file. */
  readonly file: string;
  /** The key that it is written at: `plugins[0].delegate`; empty where it is the whole file. */
  readonly at: string;
  /** As it is written: `win-overlay.exe`. */
  readonly type: string;
  /** Our plugin of that name: `win-overlay`; undefined where it is another's. */
  readonly plugin: string | undefined;
  /** What is written at that key. */
  readonly written: JsonObject;
  /** What the runtime hands on for a pod: `portMappings`, `dns`. Flannel hands its own on to the delegate. */
  readonly capabilities: readonly string[];
  /** What it would be called with for a pod's ADD; undefined where the configuration is of no network. */
  readonly call: Call | undefined;
  /** Of a plugin that attaches pods. */
  readonly mode: Mode | undefined;
  /** What the attach engine reads of it, where nothing is wrong. */
  readonly attach?: AttachConfig;
  /** The type of its IPAM as it is written; undefined where HNS gives the addresses. */
  readonly ipam?: string;
  /** Of flannel: as flannel hands it on, with what subnet.env says, if it says all. */
  readonly delegate?: ConfiguredPlugin;
  /** What the plugin itself would answer. */
  readonly error?: CniError;
}

/** Reads the configurations of a node. Pure; throws for bugs alone. */
export function readConfigurations(
  facts: Pick<Facts, 'configurations' | 'folders' | 'services' | 'subnetEnv'>,
): Configurations {
  const { configurations, folders, subnetEnv } = facts;
  const text = subnetEnv?.text;
  const env = text === undefined ? undefined : parseSubnetEnv(text);
  const netns = isDockerAlone(facts) ? 'none' : anyNamespace;
  const files = configurations
    .map((file) => ({ ...file, name: nameOf(file.path) }))
    .filter(({ name }) => isConfigurationName(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const most = folders.maxConfNum ?? 1;
  return defined({
    subnetEnv: env,
    files: files.map((file, index) => {
      const { configs, problems } = takeApart(file);
      return {
        path: file.path,
        name: file.name,
        text: file.text,
        // As containerd has it, 0 is all.
        inEffect: most === 0 || index < most,
        problems,
        plugins: configs.map(({ at, config }) => read(file, at, config, netns, env)),
      };
    }),
  });
}

/** The plugins of the files that are in effect, delegates behind the flannel they are of. */
export function pluginsInEffect({ files }: Configurations): readonly ConfiguredPlugin[] {
  return files.filter(({ inEffect }) => inEffect).flatMap(pluginsOf);
}

/** The plugins of a file, delegates behind the flannel they are of. */
export function pluginsOf({ plugins }: ConfigurationFile): readonly ConfiguredPlugin[] {
  return plugins.flatMap((plugin) => (plugin.delegate ? [plugin, plugin.delegate] : [plugin]));
}

/** Those of ours that make endpoints, delegates among them, of the files that are in effect. */
export function attachingInEffect(
  configurations: Configurations,
): readonly (ConfiguredPlugin & { readonly mode: Mode })[] {
  return pluginsInEffect(configurations).filter(isOfMode);
}

function isOfMode(plugin: ConfiguredPlugin): plugin is ConfiguredPlugin & { readonly mode: Mode } {
  return plugin.mode !== undefined;
}

/** Where a key of a plugin's is: `10-flannel.conflist plugins[0].delegate.policies[0]`. */
export function placeOf({ at, file }: Pick<ConfiguredPlugin, 'at' | 'file'>, key = ''): string {
  // A list says them once, and the runtime writes them into each plugin's.
  const ofList = at !== '' && /^(?:name|cniVersion)(?![\w.[])/i.test(key);
  const path = [ofList ? '' : at, key].filter((part) => part !== '').join('.');
  return path === '' ? file : `${file} ${path}`;
}

/** Of a pod that nobody has: a namespace's, so that policies are read as V2 takes them. */
const anyNamespace = '00000000-0000-0000-0000-000000000001';

/** Docker without containerd beside it, whose pods' endpoints are V1's. */
function isDockerAlone({ services = [] }: Pick<Facts, 'services'>): boolean {
  const runs = (name: string) =>
    services.some((service) => service.name.toLowerCase() === name && service.state === 'Running');
  return runs('docker') && !runs('containerd');
}

function read(
  { name, path }: { readonly name: string; readonly path: string },
  at: string,
  config: JsonObject,
  netns: string,
  env: Reading | undefined,
): ConfiguredPlugin {
  const typeWritten = keyValue(config, 'type');
  const type = typeof typeWritten === 'string' ? typeWritten : '';
  const plugin = pluginNames.find((known) => known === pluginNameOf(type));
  const mode = plugin === undefined ? undefined : modeNamed(plugin);
  const capabilities = capabilitiesOf(config);
  const named = { path, file: name, at, type, plugin, mode, written: config, capabilities };
  const call = attempt(() => callOf(config, netns));
  if (call instanceof CniError) return { ...named, call: undefined, error: call };
  if (plugin === 'flannel') return { ...named, call, ...flannelOf(named, call, env) };
  return { ...named, call, ...(mode ? attachOf(mode, call) : {}) };
}

function capabilitiesOf(config: JsonObject): readonly string[] {
  const written = keyValue(config, 'capabilities');
  if (!isJsonObject(written)) return [];
  return Object.keys(written).filter((name) => written[name] === true);
}

function callOf(config: JsonObject, netns: string): Call {
  // apiVersion 1 is Docker's.
  const isV1 = keyValue(config, 'apiVersion') === 1;
  return {
    command: 'ADD',
    containerId: 'pod',
    netns: isV1 ? 'none' : netns,
    ifName: 'eth0',
    args: {},
    path: [],
    version: readVersion(config),
    network: readNetworkName(config),
    config,
  };
}

function attachOf(mode: Mode, call: Call): Pick<ConfiguredPlugin, 'attach' | 'error' | 'ipam'> {
  const ipam = attempt(() => ipamType(call));
  const attach = attempt(() => {
    const config = readAttachConfig(mode, call);
    assertSupported(config.policies, call.netns === 'none' ? 'v1' : 'v2');
    return config;
  });
  if (attach instanceof CniError) {
    return { error: attach, ...(typeof ipam === 'string' ? { ipam } : {}) };
  }
  if (ipam instanceof CniError) return { attach, error: ipam };
  return defined({ attach, ipam });
}

function flannelOf(
  named: Pick<ConfiguredPlugin, 'at' | 'capabilities' | 'file' | 'path'>,
  call: Call,
  reading: Reading | undefined,
): Pick<ConfiguredPlugin, 'delegate' | 'error'> {
  const env = reading?.kind === 'complete' ? reading.env : undefined;
  const delegation = attempt(() => buildDelegation(call, readFlannelConfig(call), env));
  if (delegation instanceof CniError) return { error: delegation };
  const { type } = delegation;
  const written = keyValue(call.config, 'delegate');
  // apiVersion is the delegate's own to say.
  const { config } = delegation.call;
  const isV1 = keyValue(config, 'apiVersion') === 1;
  const delegated = { ...delegation.call, netns: isV1 ? 'none' : call.netns };
  const plugin = pluginNames.find((known) => known === pluginNameOf(type));
  const mode = plugin === undefined ? undefined : modeNamed(plugin);
  const delegate: ConfiguredPlugin = {
    path: named.path,
    file: named.file,
    capabilities: named.capabilities,
    at: named.at === '' ? 'delegate' : `${named.at}.delegate`,
    type,
    plugin,
    mode,
    written: isJsonObject(written) ? written : {},
    call: delegated,
    ...(mode ? attachOf(mode, delegated) : {}),
  };
  return { delegate };
}

/** What a reader gives, or the error that it answers. */
function attempt<Value>(reader: () => Value): Value | CniError {
  try {
    return reader();
  } catch (error) {
    if (error instanceof CniError) return error;
    throw error;
  }
}
