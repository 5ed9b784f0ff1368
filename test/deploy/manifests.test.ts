import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import packageFile from '../../package.json' with { type: 'json' };
import { commandLine } from '../../plugins/wincni/command-line.ts';
import { operatorCommands } from '../../plugins/wincni/commands.ts';
import { exit } from '../../plugins/wincni/exit.ts';
import { manifest } from '../../scripts/manifests/manifest.ts';
import {
  type FlannelNetwork,
  flannelNetworks,
  generateLine,
  nodeAddressHere,
} from '../../scripts/manifests/networks.ts';
import { loadCheck } from '../../scripts/powershell-rules.ts';
import { trialOperator } from '../../scripts/trial-operator.ts';
import { expectDocument } from '../helpers/operator-document.ts';
import { trialNode } from '../helpers/trial-node.ts';
import { manifestText, readManifest } from './manifest-files.ts';

const check = await loadCheck();

/** The simulated node of each kind (test/fixtures/hns), and the address it has. */
const nodes: Readonly<Record<FlannelNetwork, { fixture: string; address: string; pods: string }>> =
  {
    vxlan: { fixture: 'overlay', address: '192.168.10.5', pods: '10.244.1.' },
    'host-gw': { fixture: 'host-gw', address: '192.168.10.5', pods: '10.244.2.' },
  };

const listSchema = z.object({
  cniVersion: z.string(),
  name: z.string(),
  plugins: z.tuple([z.looseObject({ type: z.string() })]),
});

/** The command line that the manifest's comment names, joined as a shell joins it. */
function lineIn(text: string): string {
  const [found = ''] = /^ +# +wincni config generate(?:[^\n]*\\\n)*[^\n]*/m.exec(text) ?? [];
  return found
    .replace(/\\\n +#/g, '')
    .replace(/^[ #]+/, '')
    .replace(/ +/g, ' ');
}

describe.each(flannelNetworks)('the manifest for %s', (network) => {
  const text = manifestText(network);
  const { configMap, daemonSet } = readManifest(text);
  const { initContainers } = daemonSet.spec.template.spec;
  const conflist = configMap.data['10-flannel.conflist'] ?? '';
  const { fixture, address, pods } = nodes[network];

  it('is what `npm run manifests` writes', () => {
    expect(text).toBe(manifest(network, packageFile.version));
  });

  it('is of ASCII', () => {
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it('has the configuration that its comment says how to print', async () => {
    const line = lineIn(text);
    expect(line).toBe(generateLine(network));
    const [, ...words] = line.split(' ');
    expect(await trialOperator().run(...words)).toEqual({
      exitCode: 0,
      stdout: conflist,
      stderr: '',
    });
  });

  it('has a configuration in which config validate finds nothing', async () => {
    const operator = trialOperator({ readStdin: () => Buffer.from(conflist) });
    const env = `test/fixtures/flannel/${fixture}.env`;
    const answer = await operator.run('config', 'validate', '-', '--json', '--subnet-env', env);
    const { checks } = expectDocument('config validate', answer.stdout);
    const results = z.array(z.object({ id: z.string(), result: z.string() })).parse(checks);
    expect(results.filter(({ result }) => !/^(?:ok|not applicable)$/.test(result))).toEqual([]);
    expect(answer.exitCode).toBe(0);
  });

  it('installs what its configuration names', () => {
    const { plugins } = listSchema.parse(JSON.parse(conflist));
    const { delegate, type } = z
      .looseObject({ type: z.string(), delegate: z.looseObject({ type: z.string() }) })
      .parse(plugins[0]);
    const command = initContainers[0]?.command ?? [];
    expect(command.at(command.indexOf('--names') + 1)).toBe(`${type},${delegate.type},host-local`);
  });

  it('installs by words that our command line takes', async () => {
    const called: unknown[] = [];
    const [, ...words] = initContainers[0]?.command ?? [];
    const idle = operatorCommands.map((command) => ({
      ...command,
      async run(_: unknown, given: unknown) {
        called.push([command.name, given]);
        return { exitCode: exit.fine, document: {}, text: () => '' };
      },
    }));
    expect(await commandLine(trialOperator().operator, words, idle)).toBe(exit.fine);
    expect(called).toEqual([
      ['install', { arguments: [], options: { yes: true, names: words.at(-1) } }],
    ]);
  });

  it('has a configuration with which a pod comes, is right, and goes', async () => {
    const placed = conflist.replaceAll(`${nodeAddressHere}/32`, `${address}/32`);
    const { plugins, ...list } = listSchema.parse(JSON.parse(placed));
    const [plugin] = plugins;
    const node = trialNode(fixture);
    try {
      const before = node.hns();
      const config = {
        ...list,
        ...plugin,
        subnetFile: node.subnetFile,
        dataDir: node.scratchFolder,
        ipam: { dataDir: node.leaseFolder },
      };
      const run = (command: string, more = {}) =>
        node.run({ plugin: plugin.type, command, config: { ...config, ...more } });
      const added = await run('ADD');
      expect(added.exitCode, JSON.stringify(added.document)).toBe(0);
      expect(JSON.stringify(added.document?.['ips'])).toContain(`"${pods}`);
      const prevResult = added.document ?? {};
      expect(await run('CHECK', { prevResult })).toMatchObject({ exitCode: 0 });
      expect(await run('DEL', { prevResult })).toMatchObject({ exitCode: 0 });
      expect(node.allLeases()).toEqual([]);
      expect(node.hns().endpoints).toEqual(before.endpoints);
    } finally {
      node.remove();
    }
  });

  it('has PowerShell that parses, uses what it may, and survives cmd', () => {
    const script = initContainers[1]?.command?.at(-1) ?? '';
    expect(check(script, { quiet: false, commandLine: true, words: 'placing' })).toEqual([]);
    expect(script).toContain(`.Replace('${nodeAddressHere}/32', $env:NODE_ADDRESS + '/32')`);
    // cmd takes 8191 characters (support.microsoft.com, 830473).
    expect((initContainers[1]?.command ?? []).join(' ').length).toBeLessThan(8000);
  });

  it('has the address of the node where it is put in, and nowhere else', () => {
    const count = conflist.split(nodeAddressHere).length - 1;
    expect(count).toBe(network === 'host-gw' ? 1 : 0);
  });

  it("marks each value that is nobody's", () => {
    const lines = text.split('\n');
    const marked = lines.flatMap((line, index) =>
      /registry\.example|value: (?:192\.0\.2\.10|C:\\etc)/.test(line)
        ? [lines.slice(Math.max(0, index - 4), index).some((before) => before.includes('EDIT'))]
        : [],
    );
    expect(marked).toEqual([true, true, true, true, true]);
  });
});

it('the two manifests differ in nothing but the network', () => {
  const names = {
    vxlan: 'flannel,win-overlay,host-local',
    'host-gw': 'flannel,win-bridge,host-local',
  };
  const [one, other] = flannelNetworks.map((network) => {
    const { configMap, daemonSet } = readManifest(manifestText(network));
    const text = JSON.stringify([{ ...configMap, data: Object.keys(configMap.data) }, daemonSet]);
    expect(text).toContain(names[network]);
    return text.replace(names[network], 'NAMES');
  });
  expect(one).toBe(other);
});
