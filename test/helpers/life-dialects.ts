import { describe, expect, it, onTestFinished } from 'vitest';
import { openPlace } from './place.ts';
import type { Json, TrialOptions } from './trial-node.ts';

/** The calls that no other part of a life makes: a network is made; Docker's endpoints are V1's. */
export function otherDialects(options: TrialOptions): void {
  describe('other calls', () => {
    it.each<[string, string, string, string, Json]>([
      ['pods-nat', 'bare', 'nat', 'v2 CreateNetwork', {}],
      ['l2br', 'alone', 'win-bridge-docker', 'v1 POST /endpoints', { netns: 'none' }],
    ])(
      '%s on %s: ADD, CHECK and DEL by %s, with %s',
      async (network, fixture, conf, call, more) => {
        const at = openPlace({ fixture, conf, network, firstAddress: '' }, options);
        onTestFinished(at.node.remove);
        const prevResult = await at.added(more);
        expect(at.pods()).toHaveLength(1);
        for (const command of ['CHECK', 'DEL']) {
          const done = { exitCode: 0, document: undefined, stderr: '' };
          expect(await at.run(command, { prevResult }, more)).toEqual(done);
        }
        at.expectNothingLeft();
        expect(at.node.calls().map(({ api, operation }) => `${api} ${operation}`)).toContain(call);
      },
    );

    it('tells what HNS refuses in its first dialect', async () => {
      const place = { fixture: 'alone', conf: 'win-bridge-docker', network: 'l2br' };
      const at = openPlace({ ...place, firstAddress: '' }, options);
      onTestFinished(at.node.remove);
      at.node.orderFaults([{ operation: 'POST /endpoints', code: '0x80004005', times: 1 }]);
      const { document, exitCode } = await at.run('ADD', {}, { netns: 'none' });
      expect(exitCode).toBe(1);
      expect(document).toMatchObject({
        code: 101,
        details: expect.stringContaining('0x80004005'),
      });
      at.expectNothingLeft();
    });
  });
}
