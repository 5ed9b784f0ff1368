import { expect, it } from 'vitest';
import type { WindowsNode } from './windows-node.ts';

const nobodys = '99999999-9999-4999-8999-999999999999';
const hnsChooses = { ipam: {} };
const mapped = {
  runtimeConfig: { portMappings: [{ hostPort: 38_081, containerPort: 80, protocol: 'tcp' }] },
};

/** What a real HNS refuses by itself: the error tells it, and nothing is left behind. */
export function refusedByHns(at: () => WindowsNode): void {
  it('a namespace of nobody', async () => {
    const { document, exitCode } = await at().run('ADD', {}, { netns: nobodys });
    expect([exitCode, typeof document?.['code']]).toEqual([1, 'number']);
    await at().expectNothingLeft();
  });

  it('an address in no subnet of the network', async () => {
    const changes = { ...hnsChooses, runtimeConfig: { ips: ['198.51.100.7/24'] } };
    const { document, exitCode } = await at().run('ADD', changes);
    expect([exitCode, typeof document?.['code']]).toEqual([1, 'number']);
    await at().expectNothingLeft();
  });

  it('a host port that another pod has', async () => {
    const { first, network, second } = at();
    expect(await at().run('ADD', mapped)).toMatchObject({ exitCode: 0 });
    const { document, exitCode } = await at().run('ADD', mapped, second);
    expect({ exitCode, document }).toMatchObject({ exitCode: 1, document: { code: 101 } });
    expect(await at().pods()).toMatchObject([{ Name: `${first.containerId}_${network}` }]);
    expect(at().leases()).toHaveLength(1);
  });
}
