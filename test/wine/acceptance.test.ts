import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptanceSchema } from '../../plugins/wincni/acceptance/document.ts';
import { simulatorEnv } from '../../scripts/hns-dlls.ts';
import { expectDocument } from '../helpers/operator-document.ts';
import { folderOnC, windowsExecutables, windowsPath, withPipes } from './wine.ts';

/** The Windows executable against HNS's libraries and the stand-in PowerShell, the simulator behind both. */

let folder = '';
let hnsFile = '';
beforeAll(() => {
  folder = folderOnC();
  mkdirSync(join(folder, 'hns'));
  hnsFile = join(folder, 'hns', 'hns.json');
  writeFileSync(hnsFile, '{}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const accept = (...words: readonly string[]) => {
  const hns = join(folder, 'hns');
  return withPipes({
    file: join(windowsExecutables, 'wincni.exe'),
    args: ['acceptance', ...words],
    env: {
      WINCNI_HNS_STATE: hns,
      WINCNI_STATE_DIR: join(folder, 'state'),
      ...simulatorEnv(process.env['WINCNI_TEST_SIMULATOR'] ?? '', hns),
    },
    stdin: '',
  });
};
const out = () => join(folder, 'out.json');

/** What this Windows calls itself: the refusal says it. */
async function hostname(): Promise<string> {
  const { exitCode, stderr } = await accept('--destroy-on', 'nowhere', '--out', windowsPath(out()));
  expect([exitCode, existsSync(out())]).toEqual([6, false]);
  const name = /this node is (\S+), and --destroy-on names nowhere/.exec(stderr)?.[1];
  if (name === undefined) throw new Error(`no refusal: ${stderr}`);
  return name;
}

describe('acceptance in the Windows executable', () => {
  it('refuses a node with a pod, by both ways, and changes nothing', async () => {
    const pod = {
      ID: '5c1b0a64-7d0e-4f7b-9a55-6a4f0f6f5002',
      NamespaceId: 2,
      Type: 'Host',
      Resources: [],
    };
    const state = JSON.stringify({ namespaces: [pod] });
    const name = await hostname();
    writeFileSync(hnsFile, state);
    for (const way of ['powershell', 'native']) {
      const words = ['--destroy-on', name, '--out', windowsPath(out()), '--ways', way];
      const { exitCode, stderr } = await accept(...words);
      expect([exitCode, stderr]).toEqual([6, expect.stringContaining(`namespace ${pod.ID}`)]);
    }
    expect([readFileSync(hnsFile, 'utf8'), existsSync(out())]).toEqual([state, false]);
    writeFileSync(hnsFile, '{}');
  });

  it('tries all by both ways, pods each in a process of its own, and leaves nothing', async () => {
    const { exitCode, stderr, stdout } = await accept(
      ...[
        '--destroy-on',
        await hostname(),
        '--out',
        windowsPath(out()),
        '--at-once',
        '3',
        '--json',
      ],
    );
    const summary = expectDocument('acceptance', stdout);
    expect({ exitCode, ...summary }, stderr).toMatchObject({
      exitCode: 0,
      otherwise: [],
      leftovers: [],
    });
    const { calls, steps, verdicts, ways } = acceptanceSchema().parse(
      JSON.parse(readFileSync(out(), 'utf8')),
    );
    expect(ways).toEqual(['powershell', 'native']);
    const results = (id: string) =>
      new Set(steps.find((step) => step.id === id)?.findings.map(({ result }) => result));
    for (const way of ways) {
      expect(results(`${way}/nat/pod`)).toEqual(new Set(['as expected']));
      expect(results(`${way}/nat/refusals`)).toContain('as expected');
      expect(results(`${way}/nat/crowd`)).toEqual(new Set(['as expected']));
      expect(results(`${way}/nat/kill`)).toContain('as expected');
      expect(calls.filter(({ step }) => step === `${way}/nat/refusals`).length).toBeGreaterThan(20);
    }
    expect(steps.find(({ id }) => id === 'native/nat/crowd')?.findings[0]?.expected).toContain(
      'each in a process of its own',
    );
    // No NTFS and no service of that name is here: said so, and why.
    expect(steps.find(({ id }) => id === 'native/nat/held-file')?.findings).toMatchObject([
      { result: 'not reached', came: 'PowerShell did not hold the file open' },
    ]);
    expect(verdicts.find(({ id }) => id === 'seen.stopped')?.verdict).toBe('not reached');
    expect(JSON.parse(readFileSync(hnsFile, 'utf8'))).toMatchObject({
      networks: [],
      endpoints: [],
      namespaces: [],
    });
    // Some fifty processes: most of a minute on a machine that does nothing else.
  }, 300_000);
});
