import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../cni/json-object.ts';
import { trial } from './trial.ts';
import { watched } from './watched.ts';

describe('what is large', () => {
  /** How often each file-system call is made, for an ADD, a CHECK, a STATUS and a DEL. */
  async function effects(ipam: JsonObject): Promise<number> {
    const { node, touched } = watched();
    node.write('last_reserved_ip.0', '10.200.0.1');
    expect(await node.add({ ipam })).toHaveLength(1);
    for (const command of ['CHECK', 'STATUS', 'DEL']) {
      expect(await node.code(command, { ipam })).toBe(0);
    }
    expect(node.leases()).toEqual([]);
    return touched.size;
  }

  it.each(['10.0.0.0/8', '0.0.0.0/0', '128.0.0.0/1', 'fd00::/8', '::/0', '8000::/1'])(
    'a range such as %s is not walked through',
    async (subnet) => {
      expect(await effects({ subnet })).toBeLessThan(10);
    },
  );

  it('a range whose free address is far behind the gateway and the reserved ones is walked once', async () => {
    const reserved = Array.from(
      { length: 20_000 },
      (_, at) => `10.0.${(at + 2) >> 8}.${(at + 2) & 255}`,
    );
    expect(await effects({ subnet: '10.0.0.0/9', reserved })).toBeLessThan(10);
  });

  const ranges = Array.from({ length: 20_000 }, (_, at) => ({
    subnet: `10.${at >> 8}.${at & 255}.0/30`,
  }));

  it('a list of 20,000 ranges is compared without comparing each with each', async () => {
    expect(await effects({ ranges: [ranges] })).toBeLessThan(10);
    const last = { subnet: '10.0.0.0/30' };
    const { document } = await trial().run('ADD', { ipam: { ranges: [ranges, [last]] } });
    expect(document).toMatchObject({
      code: 7,
      msg: 'invalid network configuration: ipam.ranges[0][0]: overlaps with ipam.ranges[1][0]',
    });
  });
});
