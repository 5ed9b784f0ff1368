import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Operator } from '../../../../plugins/wincni/operator.ts';
import { trialOperator } from '../../../../scripts/trial-operator.ts';
import { expectDocument } from '../../../helpers/operator-document.ts';
import { quickFolder } from '../../../helpers/quick-folder.ts';
import { root } from '../../../helpers/trial-node.ts';
import { layOut, rootedNode } from '../facts/rooted-node.ts';

const healthy = join(root, 'test/fixtures/facts/healthy');
const overlay = join(healthy, 'server-2019-overlay.json');
const anyDocument = z.record(z.string(), z.unknown());

let folder: string;
let out: string;
beforeEach(() => {
  folder = quickFolder();
  out = join(folder, 'node.zip');
});

/** `wincni support` over facts: written to a file where they are not one. */
function pack(facts: string | object, words: readonly string[] = [], operator?: Partial<Operator>) {
  return trialOperator(operator).run('support', '--facts', fileOf(facts), '--out', out, ...words);
}

function fileOf(facts: string | object): string {
  if (typeof facts === 'string') return facts;
  const path = join(quickFolder(), 'facts.json');
  writeFileSync(path, JSON.stringify(facts));
  return path;
}

function entries(): ReadonlyMap<string, string> {
  const unzipped = unzipSync(readFileSync(out));
  return new Map(Object.entries(unzipped).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

const overlayFacts = () => anyDocument.parse(JSON.parse(readFileSync(overlay, 'utf8')));

describe('support', () => {
  it('packs one file, for its owner alone, with a manifest of what is in it', async () => {
    const { exitCode, stderr, stdout } = await pack(overlay, ['--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const document = expectDocument('support', stdout);
    expect(document).toMatchObject({ file: out, written: true, size: statSync(out).size });
    expect(readdirSync(folder)).toEqual(['node.zip']);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const files = entries();
    const { items } = JSON.parse(files.get('manifest.json') ?? '');
    expect(items).toEqual(document['items']);
    expect(items).toEqual(
      [...files]
        .filter(([name]) => name !== 'manifest.json')
        .map(([name, text]) => ({
          name,
          size: Buffer.byteLength(text),
          sha256: createHash('sha256').update(text).digest('hex'),
          redacted: 0,
        })),
    );
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        'facts.json',
        'doctor.txt',
        'doctor.json',
        'hns/v1/networks.json',
        'hns/v2/endpoints.json',
        'conf/10-flannel.conflist',
        'leases.json',
        'containerd/config.toml',
        'routes.json',
        'ports.json',
        'flannel/subnet.env',
      ]),
    );
  });

  it.each(readdirSync(healthy))('changes nothing that doctor looks at: %s', async (name) => {
    const path = join(healthy, name);
    await pack(path);
    expect(JSON.parse(entries().get('facts.json') ?? '')).toEqual(
      JSON.parse(readFileSync(path, 'utf8')),
    );
    const { run } = trialOperator();
    const from = async (facts: string) => run('doctor', '--all', '--json', '--facts', facts);
    const said = await from(path);
    expect(await from(out)).toEqual(said);
    expect(JSON.parse(entries().get('doctor.json') ?? '')).toEqual(JSON.parse(said.stdout));
  });

  it('never writes over a file', async () => {
    writeFileSync(out, 'mine');
    const { exitCode, stderr } = await pack(overlay);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${out} is there already`);
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });

  it('never writes over a file that comes while it asks', async () => {
    const { exitCode } = await pack(overlay, [], {
      interactive: true,
      readLine() {
        writeFileSync(out, 'mine');
        return 'y';
      },
    });
    expect(exitCode).toBe(2);
    expect(readFileSync(out, 'utf8')).toBe('mine');
    expect(readdirSync(folder)).toEqual(['node.zip']);
  });

  it.each([
    ['y', 0],
    ['YES', 0],
    ['n', 6],
    ['', 6],
    [undefined, 6],
  ])('asks a person, who says %j', async (said, code) => {
    const { exitCode, stderr, stdout } = await pack(overlay, [], {
      interactive: true,
      readLine: () => said,
    });
    expect(exitCode).toBe(code);
    expect(existsSync(out)).toBe(code === 0);
    expect(stderr).toContain('conf/10-flannel.conflist');
    expect(stderr).toContain(`Write ${out}? [y/N]`);
    expect(stdout).not.toContain('conf/10-flannel.conflist');
  });

  it('asks nobody with --yes', async () => {
    const { exitCode, stdout } = await pack(overlay, ['--yes'], { interactive: true });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('conf/10-flannel.conflist');
  });

  it('shows with --dry-run what it would write', async () => {
    const { exitCode, stdout } = await pack(overlay, ['--dry-run']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('nothing was written');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [['--since', 'yesterday'], '--since yesterday is no time'],
    [['--full', '--since', '1h'], '--full is all of the log'],
    [['--out', '/nowhere/at/all.zip'], '/nowhere/at/all.zip cannot be written'],
  ])('refuses %j', async (words, said) => {
    const { stderr } = await pack(overlay, words);
    expect(stderr).toContain(said);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('tells of each thing that could not be had', async () => {
    const { routes: _, hns: __, ...facts } = overlayFacts();
    await pack({
      ...facts,
      configurations: [{ path: 'C:\\k\\10.conf', error: 'EACCES' }],
      missing: [{ fact: 'hns', reason: 'administrator', what: 'HNS did not answer' }],
    });
    const { failed } = JSON.parse(entries().get('manifest.json') ?? '');
    expect(failed).toEqual([
      { name: 'hns', why: 'needs administrator: HNS did not answer' },
      { name: 'routes.json', why: 'the facts do not have it' },
      { name: 'conf/10.conf', why: 'C:\\k\\10.conf: EACCES' },
    ]);
  });

  it('gives files names that lead nowhere, each its own', async () => {
    const paths = ['C:\\a\\x.conf', 'D:/b/X.conf', '..\\..', '/etc/../.', 'C:\\a\\b:c*?"<>|.conf'];
    const configurations = paths.map((path) => ({ path, text: '{}' }));
    await pack({ ...overlayFacts(), configurations });
    const names = [...entries().keys()].filter((name) => name.startsWith('conf/'));
    expect(names).toEqual([
      'conf/x.conf',
      'conf/X.conf.2',
      'conf/_..',
      'conf/_.',
      'conf/b_c_.conf',
    ]);
  });
});

describe('no secret is in the bundle', () => {
  const secret = 'hunter2';

  it('whatever text of the facts it is in', async () => {
    const closed = ['source', 'direction', 'action', 'way', 'reason'];
    const planted = (value: unknown, key = ''): unknown => {
      if (typeof value === 'string') {
        return closed.includes(key) ? value : `${value}\n--token=${secret} http://u:${secret}@p`;
      }
      if (Array.isArray(value)) return value.map((item) => planted(item, key));
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, planted(item, name)]),
      );
    };
    const facts = anyDocument.parse(planted(overlayFacts()));
    expect(JSON.stringify(facts).split(secret).length).toBeGreaterThan(500);
    const { exitCode } = await pack(facts);
    expect(exitCode).toBe(0);
    for (const [name, text] of entries()) expect(`${name}: ${text}`).not.toContain(secret);
    expect(readFileSync(out).includes(secret)).toBe(false);
  });

  it('whatever file of a node it is in, by the ways in which they have such', async () => {
    const facts = overlayFacts();
    const [look = {}] = z.array(anyDocument).parse(facts['looks']);
    await pack({
      ...facts,
      environment: { RKE2_TOKEN: secret, HTTP_PROXY: `http://x:${secret}@proxy:80` },
      services: [
        { name: 'kube-proxy', state: 'Running', command: `kube-proxy.exe --token ${secret}` },
        {
          name: 'rke2',
          state: 'Running',
          application: 'rke2.exe',
          parameters: `--token=${secret}`,
        },
      ],
      processes: [{ name: 'kubelet', pid: 1, command: `kubelet --bootstrap-token "${secret}"` }],
      configurations: [
        { path: 'C:\\k\\10-calico.conf', text: `{"policy":{"k8s_auth_token":"${secret}"}}` },
        { path: 'C:\\k\\calico-kubeconfig', text: `kind: Config\nusers:\n- user: {a: ${secret}}` },
        { path: 'C:\\k\\broken.conf', text: `{"name": "x", "token": "${secret}` },
      ],
      containerd: {
        files: [
          {
            path: 'C:\\config.toml',
            text: `[plugins."io.containerd.grpc.v1.cri".registry.configs."r".auth]\nusername = "${secret}"\n`,
          },
        ],
      },
      criInfo: { config: { registry: { configs: { r: { auth: { username: secret } } } } } },
      flanneldLog: { path: 'flanneld.log', text: `I0101 Authorization: Bearer ${secret}\n` },
      netConf: { path: 'net-conf.json', text: `{"etcd": {"password": "${secret}"}}` },
      hns: { ways: [], v1: { networks: [{ AdditionalParams: { Token: secret } }], endpoints: [] } },
      looks: [
        {
          ...look,
          scratch: [
            { file: 'C:\\s\\a', container: 'a', text: `{"delegate":{"secret":"${secret}"}}` },
          ],
        },
      ],
      missing: [{ fact: 'firewall', reason: 'failed', what: `asked with --password ${secret}` }],
    });
    const files = entries();
    for (const [name, text] of files) expect(`${name}: ${text}`).not.toContain(secret);
    expect(files.get('conf/calico-kubeconfig')).toBe('<left out: a kubeconfig>');
    const { items } = JSON.parse(files.get('manifest.json') ?? '');
    expect(items).toContainEqual(
      expect.objectContaining({ name: 'containerd/config.toml', redacted: 1 }),
    );
  });
});

describe('support on a node', () => {
  const log = 'C:\\k\\log\\wincni.log';
  const line = (hours: number, facts: object = {}) =>
    `${JSON.stringify({ time: new Date(Date.now() - hours * 3_600_000).toISOString(), pid: 1, ...facts })}\n`;
  const old = line(30, { step: 'older' });
  const new1 = line(23, { step: 'asked', config: `{"password":"hunter2"}` });
  const new2 = line(1, { step: 'answered' });

  /** Packs a node's root; the texts of its log in the bundle. */
  async function logsBy(...words: readonly string[]) {
    const node = rootedNode({ WINCNI_LOG_FILE: log });
    layOut(node.write);
    node.write(`${log}.1`, `${old}a line cut off\n`);
    node.write(log, `${new1}and its rest, token: hunter2\n${new2}`);
    const { exitCode } = await node.run('support', '--root', node.root, '--out', out, ...words);
    expect(exitCode).toBe(0);
    return [...entries()].filter(([name]) => name.startsWith('log/'));
  }
  const cleaned = new1.replace('hunter2', '<redacted>');

  it('has the log of a day, without its secrets', async () => {
    expect(await logsBy()).toEqual([
      ['log/wincni.log.1', ''],
      ['log/wincni.log', `${cleaned}and its rest, token: <redacted>\n${new2}`],
    ]);
  });

  it.each([
    [
      ['--since', '2h'],
      ['', new2],
    ],
    [['--full'], [`${old}a line cut off\n`, `${cleaned}and its rest, token: <redacted>\n${new2}`]],
  ])('has as much of it as is asked for: %j', async (words, texts) => {
    expect((await logsBy(...words)).map(([, text]) => text)).toEqual(texts);
  });
});
