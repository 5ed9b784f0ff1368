import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { isSpecVersion } from '../../../cni/versions.ts';
import { json, mutated, texts } from '../../helpers/hostile.ts';
import { type MemoryNode, memoryNode } from '../../helpers/memory-node.ts';
import { type Answer, root } from '../../helpers/trial-node.ts';

/** The examples that configurations with something wrong are made of, and their nodes. */
const examples = [
  ['alone', 'win-bridge'],
  ['alone', 'win-overlay'],
  ['alone', 'win-overlay-policies'],
  ['bare', 'nat'],
  ['every-type', 'win-transparent'],
  ['every-type', 'sdnbridge'],
] as const;

/** Keys that no example has all of. */
const more: JsonObject = {
  cniVersion: '1.1.0',
  apiVersion: 2,
  ipMasq: true,
  ipMasqNetwork: ['10.244.0.0/16'],
  endpointMacPrefix: '0E-2A',
  loopbackDSR: false,
  createNetwork: false,
  master: 'Ethernet',
  optionalFlags: { localRoutedPortMapping: true, allowAclPortMapping: true, loopbackDSR: false },
  additionalRoutes: [{ dst: '10.0.0.0/8', gw: '10.244.3.1' }],
  dns: { nameservers: ['10.96.0.10'], domain: 'd', search: ['svc.cluster.local'], options: ['a'] },
  runtimeConfig: {
    mac: '02-11-22-33-44-55',
    dns: { servers: ['10.96.0.10'], searches: ['svc.cluster.local'], options: ['ndots:5'] },
    portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '10.0.0.1' }],
  },
};

function exampleOf(conf: string): JsonObject {
  const file = join(root, 'test/fixtures/conf', `${conf}.conflist`);
  const { name, plugins } = JSON.parse(readFileSync(file, 'utf8'));
  return { name, ...plugins[0], ...more };
}

/** A result, or an error that the runtime can read; and nothing on stderr. */
function expectAnswer({ document, exitCode, stderr }: Answer): void {
  expect(stderr).toBe('');
  if (exitCode === 0) return;
  expect(document).toMatchObject({
    cniVersion: expect.toSatisfy(isSpecVersion),
    code: expect.any(Number),
    msg: expect.stringMatching(/./),
  });
  // 999 is a bug of ours.
  expect(document?.['code'], JSON.stringify(document)).not.toBe(999);
}

/** The endpoints of others: what no configuration of ours may change. */
const others = ({ hns }: MemoryNode) =>
  hns.state().endpoints.filter(({ Name }) => !/^pod/.test(String(Name)));

function leftovers({ files, hns }: MemoryNode): unknown {
  const pods = hns.state().endpoints.filter(({ Name }) => /^pod/.test(String(Name)));
  const leases = [...files.entries()]
    .map(([path]) => path)
    .filter((path) => /\/networks\/[^/]+\/[\da-f][\da-f.:]*$/.test(path));
  return { pods, leases };
}

const nothing = { pods: [], leases: [] };

/** A pod's life with a configuration, on a node of its own. */
async function live(
  fixture: string,
  plugin: string,
  change: (node: MemoryNode) => JsonObject,
  netns?: string,
) {
  const node = memoryNode(fixture);
  const before = others(node);
  const config = change(node);
  const run = async (command: string, keys: JsonObject = {}) => {
    const answer = await node.run({
      plugin,
      command,
      config: { ...config, ...keys },
      env: netns === undefined ? {} : { CNI_NETNS: netns },
    });
    expectAnswer(answer);
    return answer;
  };
  await run('STATUS');
  const added = await run('ADD');
  if (added.exitCode !== 0) expect(leftovers(node)).toEqual(nothing);
  await run('CHECK', added.exitCode === 0 ? { prevResult: added.document } : {});
  await run('GC', { 'cni.dev/valid-attachments': [{ containerID: 'pod1', ifname: 'eth0' }] });
  const deleted = await run('DEL');
  if (added.exitCode === 0) expect(deleted.exitCode, JSON.stringify(deleted.document)).toBe(0);
  if (deleted.exitCode === 0) expect(leftovers(node)).toEqual(nothing);
  expect(others(node)).toEqual(before);
}

/** What no input may choose here: where on this machine the leases are. */
function inFolder(node: MemoryNode, config: JsonObject): JsonObject {
  const ipam = config['ipam'];
  return isJsonObject(ipam) ? { ...config, ipam: { ...ipam, dataDir: node.leaseFolder } } : config;
}

const runs = { numRuns: 60, seed: 20261121 };

describe.each(examples)(
  'on the node "%s": whatever stands in the configuration of %s',
  (fixture, conf) => {
    const example = exampleOf(conf);
    const plugin = String(example['type']);

    it('a result or an error; what fails leaves nothing, what succeeds can be deleted', async () => {
      await fc.assert(
        fc.asyncProperty(mutated(example), (config) =>
          live(fixture, plugin, (node) => inFolder(node, config)),
        ),
        runs,
      );
    });

    it('and in its policies', async () => {
      const flat = {
        Type: 'OutBoundNAT',
        ExceptionList: ['10.0.0.0/8'],
        DestinationPrefix: '10.1.0.0/16',
        NeedEncap: true,
      };
      const nested = {
        Type: 'SDNRoute',
        Settings: { DestinationPrefix: '10.1.0.0/16', NeedEncap: true },
      };
      const value = fc.oneof(
        json,
        mutated(flat),
        mutated(nested),
        texts.map((Type) => ({ ...flat, Type })),
      );
      const policies = fc.array(
        value.map((policy) => ({ name: 'EndpointPolicy', value: policy })),
        { minLength: 1, maxLength: 3 },
      );
      await fc.assert(
        fc.asyncProperty(policies, fc.constantFrom(1, 2), (list, apiVersion) =>
          live(
            fixture,
            plugin,
            (node) => inFolder(node, { ...example, apiVersion, policies: list }),
            // What Docker says, whose endpoints are V1's.
            apiVersion === 1 ? 'none' : undefined,
          ),
        ),
        runs,
      );
    });
  },
);
