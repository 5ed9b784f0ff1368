import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { isSpecVersion } from '../../../cni/versions.ts';
import { json, mutated, texts } from '../../helpers/hostile.ts';
import { addressesOf, configOf, network, type Outcome, previous, type Trial } from './trial.ts';
import { expectInside, watched } from './watched.ts';

const commands = ['CHECK', 'GC', 'STATUS', 'ADD', 'CHECK', 'ADD', 'DEL', 'GC'];

/** A result, or an error that the runtime can read; and nothing on stderr. */
function expectAnswer(command: string, { document, exitCode, stderr, stdout }: Outcome): void {
  expect(stderr).toBe('');
  if (exitCode === 0) {
    if (command === 'ADD') expect(document['cniVersion']).toSatisfy(isSpecVersion);
    else expect(stdout).toBe('');
    return;
  }
  expect(document).toMatchObject({
    cniVersion: expect.toSatisfy(isSpecVersion),
    code: expect.any(Number),
    msg: expect.stringMatching(/./),
  });
  // 999 is a bug of ours.
  expect(document['code'], JSON.stringify(document)).not.toBe(999);
}

const usual = configOf('', {
  ipam: {
    subnet: '10.1.2.0/24',
    rangeStart: '10.1.2.10',
    rangeEnd: '10.1.2.20',
    gateway: '10.1.2.1',
    ranges: [[{ subnet: 'fd00::/64', rangeEnd: 'fd00::ff' }], [{ subnet: '10.9.0.0/24' }]],
    routes: [{ dst: '0.0.0.0/0', gw: '10.1.2.1', mtu: 1400 }],
    resolvConf: '',
    reserved: ['10.1.2.11'],
  },
  config: {
    runtimeConfig: { ips: ['10.1.2.12'], ipRanges: [[{ subnet: '10.8.0.0/24', gateway: '' }]] },
    args: { cni: { ips: ['fd00::9'] } },
    prevResult: { ...previous('10.1.2.12/24'), interfaces: [{ name: 'eth0' }], dns: {} },
    'cni.dev/valid-attachments': [{ containerID: 'pod1', ifname: 'eth0' }],
  },
});

/** The configuration with the one thing that no runtime's input may choose here. */
function inFolder<Config>(node: Trial, config: Config): Config | JsonObject {
  if (!isJsonObject(config) || !isJsonObject(config['ipam'])) return config;
  return { ...config, ipam: { ...config['ipam'], dataDir: node.dataDir } };
}

const runs = { numRuns: 200, seed: 20261121 };

describe('whatever a runtime says', () => {
  it('in a configuration with something wrong', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(usual), async (written) => {
        const { node, touched } = watched();
        const config = inFolder(node, written);
        for (const command of commands) {
          expectAnswer(command, await node.run(command, { stdin: JSON.stringify(config) }));
        }
        const ipam = config['ipam'];
        expectInside(node, touched, isJsonObject(ipam) ? ipam['resolvConf'] : undefined);
      }),
      runs,
    );
  });

  it('in JSON of any shape, and in no JSON', async () => {
    const input = fc.oneof(
      json.map((config) => ({ config })),
      json.map((ipam) => ({ config: { cniVersion: '1.1.0', name: network, ipam } })),
      fc.oneof(texts, fc.uint8Array({ maxLength: 300 })).map((stdin) => ({ stdin })),
    );
    await fc.assert(
      fc.asyncProperty(input, fc.constantFrom(...commands), async (said, command) => {
        const { node, touched } = watched();
        const stdin = 'stdin' in said ? said.stdin : JSON.stringify(inFolder(node, said.config));
        expectAnswer(command, await node.run(command, { stdin }));
        expectInside(node, touched);
      }),
      runs,
    );
  });

  it('in variables and in the name of the network', async () => {
    const args = fc.oneof(
      texts,
      texts.map((text) => `IP=${text}`),
      texts.map((text) => `IgnoreUnknown=1;${text}=${text};IP=10.1.2.5`),
    );
    const said = fc.record({
      containerId: fc.oneof(texts, fc.constant('pod1')),
      ifName: fc.oneof(texts, fc.constant('eth0')),
      args,
      config: fc.oneof(
        texts.map((name) => ({ name })),
        fc.constant({}),
      ),
    });
    await fc.assert(
      fc.asyncProperty(said, async (asking) => {
        const { node, touched } = watched();
        for (const command of ['ADD', 'CHECK', 'DEL']) {
          expectAnswer(command, await node.run(command, asking));
        }
        expectInside(node, touched);
      }),
      runs,
    );
  });

  it('in prevResult: a lease of this pod is given back, and none of another', async () => {
    const result = { cniVersion: '1.1.0', ips: [{ address: '10.1.2.3/29', gateway: '10.1.2.1' }] };
    const prevResult = fc.oneof(
      json,
      mutated(result),
      texts.map((text) => previous(text)),
    );
    await fc.assert(
      fc.asyncProperty(prevResult, async (said) => {
        const { node, touched } = watched();
        node.write('10.1.2.2', 'pod1\r\neth0');
        node.write('10.1.2.3', 'pod2\r\neth0');
        const outcome = await node.run('DEL', { config: { prevResult: said } });
        expect(outcome).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
        expect(node.leases()).toEqual(['10.1.2.3']);
        expectInside(node, touched);
      }),
      runs,
    );
  });
});

describe('whatever stands in the files', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    texts.map((text) => Buffer.from(text)),
    texts.map((text) => Buffer.from(`pod1\r\n${text}`)),
    texts.map((text) => Buffer.from(`${text}\r\neth0`)),
    fc.constantFrom(
      ...['pod1', 'pod1\r\neth0', 'pod2\r\neth0', ''].map((text) => Buffer.from(text)),
    ),
  );
  const files = fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), bytes), { maxLength: 8 });

  /** Whether a text says that a lease is pod1's eth0. */
  const isOwn = (text: string) => /^\s*pod1\s*(?:[\r\n]\s*eth0\s*)?(?:[\r\n]|$)/.test(text);

  it('leases and the last address: no lease of another is given or removed', async () => {
    await fc.assert(
      fc.asyncProperty(files, bytes, async (leases, last) => {
        const { node, touched } = watched();
        for (const [at, text] of leases) node.write(`10.1.2.${at}`, text);
        node.write('last_reserved_ip.0', last);
        const before = new Map(node.leases().map((name) => [name, node.read(name)]));
        const added = await node.run('ADD');
        expectAnswer('ADD', added);
        for (const given of addressesOf(added.document)) {
          const text = before.get(given.slice(0, -'/29'.length));
          expect(text === undefined || isOwn(text), `${given}: ${text}`).toBe(true);
        }
        for (const command of ['CHECK', 'STATUS', 'GC', 'DEL']) {
          expectAnswer(command, await node.run(command));
        }
        for (const [name, text] of before) {
          if (!isOwn(text)) expect(node.read(name)).toBe(text);
        }
        expectInside(node, touched);
      }),
      runs,
    );
  });

  it('names of files: what is no address is nobody’s lease', async () => {
    const names = texts.filter(
      (name) => Buffer.byteLength(name) < 200 && !/[/\0]|^\.{0,2}$/.test(name),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(names, { maxLength: 5 }), async (list) => {
        const { node } = watched();
        for (const name of list) node.write(name, 'pod9\r\neth0');
        const config = { 'cni.dev/valid-attachments': [] };
        expect(await node.add()).toEqual([expect.stringMatching(/^10\.1\.2\.[2-6]\/29$/)]);
        expect(await node.code('GC', { config })).toBe(0);
        const left = readdirSync(node.leaseFolder);
        for (const name of list) {
          if (!/^[\d.]+$|:/.test(name)) expect(left).toContain(Buffer.from(name).toString());
        }
      }),
      runs,
    );
  });
});
