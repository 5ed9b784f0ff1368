import { describe, expect, it } from 'vitest';
import { trial } from './trial.ts';

/** HNS makes the endpoint, and then does not show it. */
const places = [
  { conf: 'win-bridge', fixture: 'alone' },
  { conf: 'nat-hns', fixture: 'every-type' },
];

describe.each(places)('$conf: reading a new endpoint back', (place) => {
  it.each([
    ['0x80071392', 101],
    ['0x803B002F', 101],
    ['0x803B0010', 101],
    ['0x80070490', 101],
    ['0x80004005', 101],
    ['0x800706BE', 11],
  ])('refused with %s is no taken address: code %i, nothing stays', async (code, cni) => {
    const play = trial(place);
    play.node.orderFaults([{ operation: 'QueryEndpointProperties', code }]);
    const { document } = await play.run('ADD');
    expect(document).toMatchObject({
      code: cni,
      details: expect.stringContaining('from HcnQueryEndpointProperties'),
    });
    const made = play.node.calls().filter(({ operation }) => operation === 'CreateEndpoint');
    expect(made.length).toBeLessThanOrEqual(2);
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });
});
