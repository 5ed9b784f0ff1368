import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { trialOperator } from '../../../scripts/trial-operator.ts';
import { nodeHost } from '../../../system/node-host.ts';
import { memoryNode } from '../../helpers/memory-node.ts';
import { expectDocument } from '../../helpers/operator-document.ts';
import { root } from '../../helpers/trial-node.ts';

const overlay = () => {
  const node = memoryNode('overlay');
  return { node, config: node.config('flannel-overlay', { cniVersion: '1.1.0' }) };
};

describe('the configuration', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  it('is the one in effect, where none is named, and nothing is written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wincni-explain-'));
    folders.push(folder);
    const conf = join(folder, 'net.d');
    mkdirSync(conf);
    const { config } = overlay();
    const paths = { dataDir: join(folder, 'flannel'), ipam: { dataDir: join(folder, 'networks') } };
    const subnetFile = join(root, 'test/fixtures/flannel/overlay.env');
    const { name, cniVersion, ...plugin } = config;
    const plugins = [
      { ...plugin, ...paths, subnetFile, logFile: join(folder, 'log') },
      { type: 'portmap' },
    ];
    writeFileSync(join(conf, '20-other.conf'), JSON.stringify({ name: 'other', type: 'nat' }));
    writeFileSync(join(conf, '10-f.conflist'), JSON.stringify({ name, cniVersion, plugins }));
    const { run } = trialOperator({ hns: { transport: memoryNode('overlay').hns.transport } });
    const { exitCode, stdout } = await run('explain', '--conf-dir', conf, '--json');
    expect(exitCode).toBe(0);
    const document = expectDocument('explain', stdout);
    expect(document).toMatchObject({ conf: join(conf, '10-f.conflist'), plugin: 'flannel' });
    expect(document['notes']).toContain('portmap, another plugin of the list, is not explained');
    expect(document['files']).toHaveLength(3);
    expect(readdirSync(folder)).toEqual(['net.d']);
  });

  it.each([
    ['{', 3, 'is not JSON'],
    ['{"name":"x","plugins":[{"type":"portmap"}]}', 3, 'has no plugin of this suite: portmap'],
    ['{"name":"x"}', 3, 'has no plugin of this suite'],
  ])('%s: exit %i', async (text, code, said) => {
    const { run } = trialOperator({ readStdin: () => Buffer.from(text) });
    const { exitCode, stderr } = await run('explain', '--conf', '-');
    expect(exitCode).toBe(code);
    expect(stderr).toContain(said);
  });

  it.each([
    [['--conf', '/nowhere.conflist'], '/nowhere.conflist cannot be read'],
    [['--conf', '-', '--valid', 'a'], '--valid is for GC'],
    [['--conf', '-', '--ip', '10.0.0.5'], 'ip: expected 10.0.0.5/24'],
    [['--conf', '-', '--command', 'STATUS'], 'command: '],
    [['--conf', '-', '--command', 'CHECK'], 'CHECK needs --netns'],
  ])('explain %j is called wrongly', async (words, said) => {
    const { config, node } = overlay();
    const { run } = trialOperator({
      machine: { ...nodeHost(process), files: node.files.files },
      readStdin: () => Buffer.from(JSON.stringify(config)),
    });
    const { exitCode, stderr } = await run('explain', ...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(said);
  });
});
