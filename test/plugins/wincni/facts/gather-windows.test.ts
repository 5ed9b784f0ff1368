import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Fault, faultsFile } from '../../../fixtures/powershell/faults.ts';
import { standInPowerShell } from '../../../helpers/stand-in-powershell.ts';
import { containerdConfig, factsOf, fixture, layOut, rootedNode } from './rooted-node.ts';

/** A node whose Windows is a stand-in for PowerShell that tells written facts. */
function nodeWithPowerShell(
  faults: readonly Fault[] = [],
  environment: Readonly<Record<string, string>> = {},
) {
  const node = rootedNode({
    PATH: process.env['PATH'] ?? '',
    WINCNI_HNS: 'powershell',
    WINCNI_POWERSHELL: standInPowerShell,
    ...environment,
  });
  const folder = join(node.node.folder, 'hns');
  writeFileSync(join(folder, 'windows-facts.json'), fixture('powershell/windows-facts.json'));
  writeFileSync(join(folder, faultsFile), JSON.stringify(faults));
  layOut(node.write);
  return node;
}

test('what PowerShell tells of Windows is among the facts, and what it takes to start it', async () => {
  const node = nodeWithPowerShell();
  node.write('C:\\etc\\containerd\\config.toml', containerdConfig);
  const { facts } = await factsOf(node);
  // Of files alone, and of a simulator that has no load balancers.
  expect(facts.missing.map(({ fact }) => fact)).toEqual([
    'criInfo',
    'looks.sandboxes',
    'rights',
    'log',
  ]);
  expect(facts).toMatchObject({
    administrator: true,
    windows: { build: 17763, ubr: 5576 },
    powershell: { version: '5.1.17763.5458', cold: expect.any(Number), warm: expect.any(Number) },
    // The service says where containerd's configuration is.
    containerd: { files: [{ path: 'C:\\etc\\containerd\\config.toml' }] },
  });
  const [powershell, native] = facts.hns?.ways ?? [];
  expect(powershell).toMatchObject({ way: 'powershell', configured: true, version: {} });
  expect(native).toMatchObject({ way: 'native', configured: false, error: {} });
});

test('a part that ends PowerShell costs that part alone', async () => {
  // The script is loaded by the first call; the parts follow.
  const node = nodeWithPowerShell([{ at: 4, do: 'exit', code: 7 }]);
  const { facts } = await factsOf(node);
  const lost = facts.missing.filter(({ what }) => what.includes('exit code 7'));
  expect(lost.map(({ fact }) => fact)).toEqual(expect.arrayContaining(['windows', 'processes']));
  // What came before it, and, of another PowerShell, behind it.
  expect(facts).toMatchObject({ administrator: true, environment: {}, services: {} });
  expect(facts.windows).toBeUndefined();
});

test('a PowerShell that a policy restricts tells that, and nothing else', async () => {
  const node = nodeWithPowerShell([{ at: 'ready', do: 'language-mode' }]);
  const { facts } = await factsOf(node);
  expect(facts.powershell).toMatchObject({
    path: standInPowerShell,
    languageMode: 'ConstrainedLanguage',
  });
  expect(facts.windows).toBeUndefined();
  expect(facts.hns?.ways[0]).toMatchObject({ way: 'powershell', error: {} });
});

test('where PowerShell is not there, each part says so, and the files are read', async () => {
  const node = nodeWithPowerShell([], { WINCNI_POWERSHELL: '/nowhere/powershell' });
  const { facts } = await factsOf(node);
  expect(facts.configurations).toHaveLength(3);
  expect(facts.windows).toBeUndefined();
  expect(facts.missing).toContainEqual({
    fact: 'windows',
    reason: 'absent',
    what: expect.stringContaining('/nowhere/powershell'),
  });
});
