import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { trialOperator } from '../../../../scripts/trial-operator.ts';
import { expectDocument } from '../../../helpers/operator-document.ts';
import { type Json, trialNode } from '../../../helpers/trial-node.ts';

const services = ['--service-cidr', '10.96.0.0/12', '--dns', '10.96.0.10'];
const flannels = ['--cluster-cidr', '10.244.0.0/16', ...services];

interface Case {
  readonly mode: string;
  /** The simulated node of that kind (test/fixtures/hns). */
  readonly fixture: string;
  readonly words: readonly string[];
  readonly ip: string;
}

const cases: readonly Case[] = [
  { mode: 'vxlan', fixture: 'overlay', words: flannels, ip: '10.244.1.' },
  {
    mode: 'host-gw',
    fixture: 'host-gw',
    words: [...flannels, '--node-subnet', '192.168.10.0/24', '--node-address', '192.168.10.5'],
    ip: '10.244.2.',
  },
  {
    mode: 'l2bridge',
    fixture: 'alone',
    words: [...flannels, '--name', 'l2br', '--pod-cidr', '10.244.4.0/24', '--cni-version', '1.1.0'],
    ip: '10.244.4.',
  },
  {
    mode: 'l2tunnel',
    fixture: 'every-type',
    words: [
      ...['--cluster-cidr', '10.241.0.0/16', '--pod-cidr', '10.241.0.0/16'],
      ...['--name', 'azure-tunnel', ...services],
    ],
    ip: '10.241.0.',
  },
  { mode: 'nat', fixture: 'every-type', words: ['--dns', '192.168.10.53'], ip: '172.28.0.' },
  {
    mode: 'transparent',
    fixture: 'every-type',
    words: [
      ...['--name', 'physical', '--pod-cidr', '192.168.10.0/24'],
      ...['--gateway', '192.168.10.254', '--dns', '192.168.10.53'],
    ],
    ip: '192.168.10.',
  },
  {
    mode: 'l2bridge',
    fixture: 'every-type',
    words: [
      ...[
        '--name',
        'dual',
        '--dns',
        '10.96.0.10',
        '--cluster-cidr',
        '10.244.0.0/16,fd00:10:244::/48',
      ],
      ...['--service-cidr', '10.96.0.0/12,fd00:96::/112'],
      ...['--pod-cidr', '10.244.7.0/24,fd00:10:244:7::/64'],
    ],
    ip: '10.244.7.',
  },
];

async function generate(mode: string, words: readonly string[]) {
  return trialOperator().run('config', 'generate', '--mode', mode, ...words);
}

const listSchema = z.object({
  cniVersion: z.string(),
  name: z.string(),
  plugins: z.tuple([z.looseObject({ type: z.string(), ipam: z.optional(z.unknown()) })]),
});

describe.each(cases)(
  'config generate --mode $mode for $fixture',
  ({ fixture, ip, mode, words }) => {
    it('is what config validate finds nothing in', async () => {
      const { exitCode, stderr, stdout } = await generate(mode, words);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const env = ['vxlan', 'host-gw'].includes(mode)
        ? ['--subnet-env', `test/fixtures/flannel/${fixture}.env`]
        : [];
      const operator = trialOperator({ readStdin: () => Buffer.from(stdout) });
      const validated = await operator.run('config', 'validate', '-', '--json', ...env);
      const { checks } = expectDocument('config validate', validated.stdout);
      const results = z.array(z.object({ id: z.string(), result: z.string() })).parse(checks);
      expect(results.filter(({ result }) => !/^(?:ok|not applicable)$/.test(result))).toEqual([]);
      expect(results.find(({ id }) => id === 'conf.valid')?.result).toBe('ok');
      expect(validated.exitCode).toBe(0);
    });

    it('gives a pod of the simulated node an address', async () => {
      const { stdout } = await generate(mode, words);
      const { plugins, ...list } = listSchema.parse(JSON.parse(stdout));
      const [{ ipam, ...plugin }] = plugins;
      const node = trialNode(fixture);
      try {
        const paths =
          plugin.type === 'flannel'
            ? { subnetFile: node.subnetFile, dataDir: node.scratchFolder }
            : {};
        const written = z.optional(z.record(z.string(), z.unknown())).parse(ipam);
        const config: Json = {
          ...list,
          ...plugin,
          ...paths,
          ipam: { ...written, dataDir: node.leaseFolder },
        };
        const answer = await node.run({ plugin: plugin.type, command: 'ADD', config });
        expect(answer.exitCode, JSON.stringify(answer.document)).toBe(0);
        expect(JSON.stringify(answer.document?.['ips'])).toContain(`"${ip}`);
      } finally {
        node.remove();
      }
    });
  },
);

it('has one list of exceptions, with all that is said, and the routes', async () => {
  const words = [...flannels, '--node-subnet', '192.168.10.0/24', '--hns', 'native'];
  const { stdout } = await generate('vxlan', words);
  expect(JSON.parse(stdout)).toEqual({
    cniVersion: '1.0.0',
    name: 'flannel.4096',
    plugins: [
      {
        type: 'flannel',
        capabilities: { portMappings: true, dns: true },
        hns: 'native',
        delegate: {
          type: 'win-overlay',
          apiVersion: 2,
          dns: { nameservers: ['10.96.0.10'], search: ['svc.cluster.local'] },
          policies: [
            {
              name: 'EndpointPolicy',
              value: {
                Type: 'OutBoundNAT',
                Settings: { Exceptions: ['10.244.0.0/16', '10.96.0.0/12', '192.168.10.0/24'] },
              },
            },
            {
              name: 'EndpointPolicy',
              value: {
                Type: 'SDNRoute',
                Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: true },
              },
            },
          ],
        },
      },
    ],
  });
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

it('says what has no effect, and prints the same as a document', async () => {
  const words = ['--dns', '10.0.0.53', '--cluster-cidr', '10.244.0.0/16'];
  const { stderr, stdout } = await generate('nat', words);
  expect(stderr).toBe('note: --cluster-cidr has no effect with --mode nat: WinNAT masquerades\n');
  const asJson = await generate('nat', [...words, '--json']);
  expect(asJson.stderr).toBe('');
  expect(expectDocument('config generate', asJson.stdout)).toMatchObject({
    configuration: JSON.parse(stdout),
    notes: ['--cluster-cidr has no effect with --mode nat: WinNAT masquerades'],
  });
});

describe('what cannot be right is refused, by its flag', () => {
  const bridge = [...flannels, '--pod-cidr', '10.244.4.0/24'];
  it.each<readonly [string, readonly string[], string]>([
    ['vxlan', [], '--cluster-cidr is missing: --mode vxlan needs it'],
    ['vxlan', ['--cluster-cidr', '10.244.0.0/16'], '--service-cidr is missing'],
    ['l2bridge', flannels, '--pod-cidr is missing: --mode l2bridge needs it'],
    ['nat', [], "--dns is missing: the address of the cluster's DNS service, such as 10.96.0.10"],
    ['nat', ['--dns', '10.0.0.53,'], '--dns: expected IP addresses with commas between'],
    ['nat', ['--dns', 'dns'], '--dns: expected an IP address, found "dns"'],
    ['tunnel', flannels, '--mode: expected one of vxlan, host-gw, l2bridge, l2tunnel, nat, transp'],
    [
      'vxlan',
      ['--cluster-cidr', '10.244.0.0', ...services],
      '--cluster-cidr: expected a CIDR such as 10.244.0.0/16, found "10.244.0.0"',
    ],
    [
      'vxlan',
      ['--cluster-cidr', '10.244.1.0/16', ...services],
      '--cluster-cidr: 10.244.1.0/16 has host bits set: its network is 10.244.0.0/16',
    ],
    [
      'vxlan',
      ['--cluster-cidr', 'fd00::/48', ...services],
      '--cluster-cidr: fd00::/48 is IPv6, which networks of this mode have not',
    ],
    [
      'vxlan',
      ['--cluster-cidr', '10.0.0.0/8', ...services],
      '--service-cidr 10.96.0.0/12 and --cluster-cidr 10.0.0.0/8 have addresses in common',
    ],
    [
      'vxlan',
      [...flannels, '--node-subnet', '10.100.0.0/16'],
      '--service-cidr 10.96.0.0/12 and --node-subnet 10.100.0.0/16 have addresses in common',
    ],
    [
      'host-gw',
      ['--cluster-cidr', '10.244.0.0/16,10.245.0.0/16', ...services],
      '--cluster-cidr: more than one block of IPv4',
    ],
    [
      'l2bridge',
      [...flannels, '--pod-cidr', '10.245.4.0/24'],
      '--pod-cidr 10.245.4.0/24 is not in --cluster-cidr 10.244.0.0/16',
    ],
    [
      'transparent',
      ['--dns', '10.0.0.53', '--pod-cidr', '10.244.4.0/24', '--gateway', '10.244.5.1'],
      '--gateway: 10.244.5.1 is not in --pod-cidr',
    ],
    ['host-gw', [...flannels, '--node-address', 'x'], '--node-address: expected an IP address'],
    ['l2bridge', [...bridge, '--name', '../x'], '--name: expected letters, digits'],
    ['l2bridge', [...bridge, '--cni-version', '2'], '--cni-version: expected one of 0.1.0, 0.2.0'],
    ['l2bridge', [...bridge, '--hns', 'com'], '--hns: expected one of powershell, native'],
    ['l2bridge', [...bridge, '--cluster-domain', 'a b'], '--cluster-domain: expected a domain'],
  ])('%s %j', async (mode, words, message) => {
    const { exitCode, stderr, stdout } = await generate(mode, words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`error: ${message}`);
    expect(stderr).toContain('wincni config generate --help');
  });
});
