import fc from 'fast-check';
import { parseAddress, parseCidr } from '../../cni/address.ts';
import type { JsonObject } from '../../cni/json-object.ts';
import { printResult } from '../../cni/print-result.ts';
import { readResult } from '../../cni/read-result.ts';
import { readRequest } from '../../cni/request.ts';
import { validAttachments } from '../../cni/valid-attachments.ts';
import { specVersions } from '../../cni/versions.ts';
import { readAllocation } from '../../ipam/allocation-result.ts';
import { readHostLocalConfig } from '../../ipam/host-local/config.ts';
import { readResolvConf } from '../../ipam/host-local/resolv-conf.ts';
import { readAttachConfig } from '../../plugins/attach/config.ts';
import { modes } from '../../plugins/attach/modes.ts';
import { requireSandbox } from '../../plugins/attach/sandbox.ts';
import { readFlannelConfig } from '../../plugins/flannel/config.ts';
import { buildDelegation } from '../../plugins/flannel/delegation.ts';
import { parseScratch } from '../../plugins/flannel/scratch.ts';
import { parseSubnetEnv } from '../../plugins/flannel/subnet-env.ts';
import { callOf, hostOf, result, variables } from '../cni/trial.ts';
import { damaged, json, mutated, texts } from '../helpers/hostile.ts';
import { attachKeys, flannelKeys, hostLocalKeys, scratchText, subnetEnvText } from './written.ts';

/** What reads something that a stranger may have written. */
export interface Reader {
  readonly name: string;
  /** Whether each input is a command, or more than one: those are tried less often. */
  readonly isSlow: boolean;
  readonly trials: fc.Arbitrary<Trial>;
}

/** An input, and its reading: what that throws has to be an error that a runtime can be told. */
interface Trial {
  readonly input: unknown;
  readonly read: () => unknown;
}

/** A reader, its input's type known. */
export function reader<Input>(
  name: string,
  input: fc.Arbitrary<Input>,
  read: (input: Input) => unknown,
  isSlow = false,
): Reader {
  const trials = input.map((made): Trial => {
    const copy = asJson(made);
    return { input: copy, read: () => read(copy) };
  });
  return { name, trials, isSlow };
}

/** As it comes out of JSON: an object has the usual prototype, and a key `__proto__` is its own. */
function asJson<Input>(input: Input): Input {
  if (input instanceof Uint8Array) return input;
  if (!Array.isArray(input)) return JSON.parse(JSON.stringify(input));
  return Object.assign(JSON.parse('[]'), input.map(asJson));
}

const stdin = JSON.stringify({ cniVersion: '1.1.0', name: 'cbr0', type: 'trial' });
const commands = fc.constantFrom('ADD', 'DEL', 'CHECK', 'GC', 'STATUS');
const request = (env: Readonly<Record<string, string>>, bytes: Uint8Array) =>
  readRequest({ env, pathDelimiter: ':', readStdin: () => bytes }, 1000);

const anyConfig = (usual: JsonObject) =>
  fc.oneof({ weight: 5, arbitrary: mutated(usual) }, objects);
const objects = fc.dictionary(texts, json, { maxKeys: 5 });
const call = (config: JsonObject) => callOf('ADD', { config });

const results = fc
  .constantFrom(...specVersions)
  .chain((version) => fc.oneof(mutated(printResult(result, version)), json));

const host = hostOf();

/** Configurations, what is in the environment, and the files beside them. */
export const writtenReaders: readonly Reader[] = [
  reader(
    'standard input',
    fc.tuple(commands, fc.oneof(damaged(stdin), texts, fc.uint8Array({ maxLength: 300 }))),
    ([command, text]) => request({ ...variables, CNI_COMMAND: command }, Buffer.from(text)),
  ),
  reader(
    'a configuration as JSON',
    fc.tuple(commands, anyConfig(JSON.parse(stdin))),
    ([command, config]) =>
      request({ ...variables, CNI_COMMAND: command }, Buffer.from(JSON.stringify(config))),
  ),
  reader(
    'environment variables',
    fc.dictionary(
      fc.constantFrom('CNI_COMMAND', 'CNI_ARGS', ...Object.keys(variables)),
      fc.oneof(texts, commands),
    ),
    (env) => request({ ...variables, CNI_COMMAND: 'ADD', ...env }, Buffer.from(stdin)),
  ),
  reader('CNI_ARGS', damaged('IgnoreUnknown=1;K8S_POD_NAMESPACE=default;IP=10.1.2.3'), (args) =>
    request({ ...variables, CNI_COMMAND: 'ADD', CNI_ARGS: args }, Buffer.from(stdin)),
  ),
  reader('CNI_NETNS', fc.oneof(texts, damaged(`container:${variables['CNI_NETNS']}`)), (netns) =>
    requireSandbox(callOf('ADD', { netns }), undefined),
  ),
  reader('results of every version', results, (value) =>
    specVersions.map((version) => JSON.stringify(printResult(readResult(value), version))),
  ),
  reader("an IPAM's answer", results, (value) => readAllocation(readResult(value))),
  reader(
    'valid attachments',
    fc.oneof(json, fc.array(fc.oneof(json, mutated({ containerID: 'pod1', ifname: 'eth0' })))),
    (list) => validAttachments(call({ 'cni.dev/valid-attachments': list })),
  ),
  ...Object.values(modes).map((mode) =>
    reader(`the configuration of ${mode.name}`, anyConfig(attachKeys), (config) =>
      readAttachConfig(mode, call(config)),
    ),
  ),
  reader(
    'policies in every shape',
    fc.array(fc.oneof(json, ...policyShapes().map(mutated)), { maxLength: 3 }),
    (list) =>
      readAttachConfig(
        modes.overlay,
        call({ policies: list.map((value) => ({ name: 'EndpointPolicy', value })) }),
      ),
  ),
  reader(
    'host ports',
    fc.array(mutated({ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '10.0.0.1' }), {
      maxLength: 3,
    }),
    (portMappings) => readAttachConfig(modes.bridge, call({ runtimeConfig: { portMappings } })),
  ),
  reader("flannel's configuration", anyConfig(flannelKeys), (config) => {
    const read = readFlannelConfig(call(config));
    return buildDelegation(call(config), read, undefined);
  }),
  reader('subnet.env', fc.oneof(damaged(subnetEnvText), texts), parseSubnetEnv),
  reader('scratch files', fc.oneof(damaged(scratchText), texts), parseScratch),
  reader("host-local's configuration", anyConfig(hostLocalKeys), (config) =>
    readHostLocalConfig(call(config)),
  ),
  reader(
    'resolv.conf',
    fc.oneof(damaged('nameserver 10.0.0.1\nsearch a b\noptions c\n'), texts),
    (text) =>
      readResolvConf({ ...host, files: { ...host.files, read: () => text } }, '/etc/resolv.conf'),
  ),
  reader(
    'addresses',
    fc.oneof(texts, damaged('fd00:10:244::1/64'), damaged('10.1.2.3/24')),
    (text) => [parseAddress(text), parseCidr(text)],
  ),
];

function policyShapes(): JsonObject[] {
  const settings = {
    Exceptions: ['10.0.0.0/8'],
    DestinationPrefix: '10.1.0.0/16',
    NeedEncap: true,
  };
  return [
    { Type: 'OutBoundNAT', ExceptionList: ['10.0.0.0/8'] },
    { Type: 'OutBoundNAT', Settings: settings },
    { Type: 'SDNRoute', Settings: settings },
    { Type: 'ROUTE', ...settings },
    { Type: 'PortMapping', Settings: { InternalPort: 80, ExternalPort: 8080, Protocol: 6 } },
    { Type: 'NAT', InternalPort: 80, ExternalPort: 8080, Protocol: 'TCP' },
    { Type: 'ACL', Settings: { Protocols: '6', Action: 'Allow', Direction: 'Out', Priority: 7 } },
    { Type: 'L4WfpProxy', Settings: { OutboundProxyPort: '1', UserSID: 'S-1', FilterTuple: {} } },
  ];
}
