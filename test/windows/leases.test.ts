import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownPrefix } from '../../scripts/windows/own-objects.ts';
import { executable, run } from './plugins.ts';
import { setting } from './setting.ts';

/** host-local on this node's file system: NTFS on Windows. No HNS is asked. */

const asked = setting();
const reference = process.env['WINCNI_WINDOWS_REFERENCE'] ?? '';
const network = `${ownPrefix}-leases`;
let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), `${ownPrefix}-`));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const ours = executable(asked, 'host-local');

async function hostLocal(file: string, command: string, pod: number) {
  const config = {
    cniVersion: '1.0.0',
    name: network,
    type: 'host-local',
    ipam: { type: 'host-local', subnet: '10.99.0.0/24', dataDir },
  };
  const env = {
    ...process.env,
    CNI_COMMAND: command,
    CNI_CONTAINERID: `${ownPrefix}-pod${pod}`,
    CNI_NETNS: 'none',
    CNI_IFNAME: 'eth0',
    CNI_PATH: asked.executables,
  };
  const ran = await run(file, [], env, JSON.stringify(config));
  expect({ pod, ...ran }).toMatchObject({ exitCode: 0 });
  return ran.stdout === '' ? undefined : String(JSON.parse(ran.stdout).ips[0].address);
}

const leases = () => {
  const folder = join(dataDir, network);
  return existsSync(folder) ? readdirSync(folder).filter((name) => /^\d/.test(name)) : [];
};

it('twenty processes at once get twenty addresses, and give them back', async () => {
  const pods = Array.from({ length: 20 }, (_, index) => index + 1);
  const given = await Promise.all(pods.map((pod) => hostLocal(ours, 'ADD', pod)));
  expect(new Set(given).size).toBe(pods.length);
  expect(leases()).toHaveLength(pods.length);
  await Promise.all(pods.map((pod) => hostLocal(ours, 'DEL', pod)));
  expect(leases()).toEqual([]);
});

it.each(reference === '' ? [] : [reference])('shares its folder with %s', async (theirs) => {
  const files = [ours, theirs];
  const given = await Promise.all(
    [1, 2, 3, 4, 5, 6].map((pod) => hostLocal(files[pod % 2] ?? ours, 'ADD', pod)),
  );
  expect(new Set(given).size).toBe(6);
  // Each gives back what the other gave.
  for (const pod of [1, 2, 3, 4, 5, 6]) await hostLocal(files[(pod + 1) % 2] ?? ours, 'DEL', pod);
  expect(leases()).toEqual([]);
});
