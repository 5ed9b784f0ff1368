import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderOnC, windowsExecutables, windowsPath, withPipes } from './wine.ts';

/** One folder of leases, two suites: what a node has while it is changed over. */

const reference = process.env['WINCNI_REFERENCE_HOST_LOCAL_EXE'] ?? '';
if (reference === '') {
  process.stdout.write(
    '*** NOT TESTED: the reference host-local beside ours under Wine; it needs Go and gcc-mingw-w64-x86-64\n',
  );
}
const ours = join(windowsExecutables, 'host-local.exe');

// Where CI is set it must run: without the reference it fails.
it.runIf(reference !== '' || process.env['CI'])(
  'no address twice and none left, with the reference host-local in the same folder',
  async () => {
    const folder = folderOnC();
    const stdin = JSON.stringify({
      cniVersion: '1.0.0',
      name: 'shared',
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: '10.9.0.0/24' }], [{ subnet: 'fd00:9::/64' }]],
        dataDir: windowsPath(folder),
      },
    });
    const pods = Array.from({ length: 16 }, (_, index) => `pod${index}`);
    const ask = (command: string, pod: string, file: string) =>
      withPipes({
        file,
        stdin,
        env: {
          CNI_COMMAND: command,
          CNI_CONTAINERID: pod,
          CNI_NETNS: 'none',
          CNI_IFNAME: 'eth0',
          CNI_PATH: folder,
        },
      });
    const leases = () =>
      readdirSync(join(folder, 'shared')).filter((name) => /^(?:10\.|fd00_)/.test(name));

    const added = await Promise.all(
      pods.map((pod, index) => ask('ADD', pod, index % 2 === 0 ? ours : reference)),
    );
    const given = added.flatMap(({ exitCode, stdout }) => {
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining('ips')]);
      const { ips }: { ips: { address: string }[] } = JSON.parse(stdout);
      return ips.map(({ address }) => address);
    });
    expect(new Set(given).size).toBe(2 * pods.length);
    expect(leases()).toHaveLength(2 * pods.length);
    const text = readFileSync(join(folder, 'shared', leases()[0] ?? ''), 'utf8');
    expect(text).toMatch(/^pod\d+\r\neth0$/);

    // Each gives back what the other gave.
    const deleted = await Promise.all(
      pods.map((pod, index) => ask('DEL', pod, index % 2 === 0 ? reference : ours)),
    );
    expect(deleted.map(({ exitCode }) => exitCode)).toEqual(pods.map(() => 0));
    expect(leases()).toEqual([]);
  },
);
