import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { code } from '../../../cni/error.ts';
import {
  configOf,
  type Json,
  type Request,
  root,
  type TrialNode,
  trialNode,
} from '../../helpers/trial-node.ts';

/** Every code by a command that gives it: the message names what it is about, the details say what to do. */

let node: TrialNode;
beforeEach(() => {
  node = trialNode('alone');
});
afterEach(() => node.remove());

const ask = (
  command: string,
  changes: Json = {},
  more: Partial<Request> = {},
  plugin = 'win-bridge',
) =>
  node.run({
    plugin,
    command,
    config: configOf(node, 'win-bridge', { cniVersion: '1.1.0', ...changes }),
    ...more,
  });
const ipam = (changes: Json) => ({
  ipam: { type: 'host-local', dataDir: node.leaseFolder, ...changes },
});
const withoutNetworks = () => node.setHns((state) => ({ ...state, networks: [], endpoints: [] }));
const added = async (more: Partial<Request> = {}) => {
  const answer = await ask('ADD', {}, more);
  expect(answer.exitCode).toBe(0);
  return { prevResult: answer.document ?? {} };
};

type Row = readonly [
  code: number,
  command: () => Promise<{ readonly document: Json | undefined }>,
  names: RegExp,
  remedy: RegExp,
];

const rows: Readonly<Record<string, Row>> = {
  incompatibleVersion: [1, () => ask('ADD', { cniVersion: '9.9.9' }), /9\.9\.9/, /"cniVersion"/],
  unsupportedField: [
    2,
    () => {
      node.setHns((state) => ({ ...state, version: { Major: 9, Minor: 1 } }));
      return ask('ADD', { optionalFlags: { loopbackDSR: true } });
    },
    /loopbackDSR/,
    /\S/,
  ],
  unknownContainer: [
    3,
    () => ask('ADD', {}, { netns: 'container:sandbox1' }),
    /sandbox1/,
    /CNI_NETNS/,
  ],
  invalidEnvironment: [
    4,
    () => ask('ADD', {}, { ifName: 'an-interface-too-long' }),
    /CNI_IFNAME.*an-interface-too-long/,
    /eth0/,
  ],
  io: [
    5,
    () => ask('ADD', ipam({ subnet: '10.244.4.0/24', dataDir: '/dev/null/x' })),
    /\/dev\/null\/x/,
    /\S/,
  ],
  invalidConfig: [
    7,
    () => ask('ADD', { ipam: { type: 'nat' } }),
    /ipam\.type.*"nat"/,
    /"host-local"/,
  ],
  tryAgain: [
    11,
    () => {
      withoutNetworks();
      return ask('ADD');
    },
    /l2br/,
    /\S/,
  ],
  unavailable: [
    50,
    () => {
      withoutNetworks();
      return ask('STATUS');
    },
    /l2br/,
    /\S/,
  ],
  differs: [
    100,
    async () => {
      const previous = await added();
      node.setHns((state) => ({ ...state, endpoints: [] }));
      return ask('CHECK', previous);
    },
    /endpoint/,
    /\S/,
  ],
  hnsRefused: [
    101,
    () => {
      node.orderFaults([{ operation: 'CreateEndpoint', code: '0x80070057', times: 1 }]);
      return ask('ADD');
    },
    /HNS|HCN|CreateEndpoint/,
    /0x80070057/,
  ],
  hnsUnavailable: [
    102,
    () => ask('ADD', {}, { env: { WINCNI_HNS: '' } }),
    /not Windows/,
    /WINCNI_HNS/,
  ],
  wrongNetwork: [104, () => ask('ADD', {}, {}, 'win-overlay'), /l2br.*L2Bridge/i, /\S/],
  noAddress: [
    110,
    async () => {
      const one = ipam({
        subnet: '10.244.4.0/24',
        rangeStart: '10.244.4.9',
        rangeEnd: '10.244.4.9',
      });
      await ask('ADD', one);
      return ask('ADD', one, { containerId: 'pod2' });
    },
    /10\.244\.4\.9/,
    /\S/,
  ],
  addressTaken: [
    111,
    async () => {
      const asked = {
        args: { cni: { ips: ['10.244.4.77'] } },
        ...ipam({ subnet: '10.244.4.0/24' }),
      };
      await ask('ADD', asked);
      return ask('ADD', asked, { containerId: 'pod2' });
    },
    /10\.244\.4\.77/,
    /\S/,
  ],
  leaseMissing: [
    112,
    () =>
      ask(
        'CHECK',
        { prevResult: { cniVersion: '1.1.0', ips: [{ address: '10.244.4.9/24' }] } },
        {},
        'host-local',
      ),
    /10\.244\.4\.9|pod1/,
    /\S/,
  ],
  delegateMissing: [120, () => ask('ADD', { ipam: { type: 'no-such' } }), /"no-such"/, /"type"/],
  delegateFailed: [
    121,
    () => {
      const script = '#!/bin/sh\necho the last words >&2\nexit 3\n';
      writeFileSync(join(node.folder, 'broken'), script, { mode: 0o755 });
      return ask('ADD', { ipam: { type: 'broken' } });
    },
    /broken.*exit code 3/,
    /the last words/,
  ],
};

/** Those that no command of this process can give: a text that is no JSON, a hung HNS, a bug of ours. */
const elsewhere: Readonly<Record<string, readonly [file: string, code: number]>> = {
  decoding: ['test/cni/json.test.ts', 6],
  hnsTimeout: ['test/life/powershell-faults.test.ts', 103],
  internal: ['test/cni/run.test.ts', 999],
};

const textOf = (page: string) => readFileSync(join(root, 'docs', page), 'utf8');
const keys = textOf('configuration.md');
const codes = textOf('errors.md');

describe('every code', () => {
  it('is here, or tested elsewhere', () => {
    expect([...Object.keys(rows), ...Object.keys(elsewhere)].sort()).toEqual(
      Object.keys(code).sort(),
    );
    for (const [file, number] of Object.values(elsewhere)) {
      expect(readFileSync(join(root, file), 'utf8')).toMatch(
        new RegExp(`code.*\\b${number}\\b|code\\.decoding`),
      );
    }
  });

  it.each(Object.entries(rows))('%s: names what it is about, and what to do', async (_, row) => {
    const [number, command, names, remedy] = row;
    const { document } = await command();
    expect(document).toMatchObject({
      code: number,
      msg: expect.stringMatching(names),
      details: expect.stringMatching(remedy),
    });
    // What the details quote as a key is documented.
    const quoted = [...String(document?.['details']).matchAll(/"([a-zA-Z]+(?:\.[a-zA-Z]+)*)"/g)];
    for (const [, key = ''] of quoted) expect(keys).toContain(key);
    expect(codes).toMatch(new RegExp(`^\\| ${number} \\| \\S`, 'm'));
  });
});
