import { describe, expect, it } from 'vitest';
import { endpointId, isOurScheme, networkId } from '../../../plugins/attach/identity.ts';

describe('ids that follow from names', () => {
  // Endpoints of nodes that run have them: they never change.
  it.each([
    [endpointId('flannel.4096', 'bench', 'eth0'), 'b99602b1-fb3c-526b-8ca1-1db57b7ced5d'],
    [endpointId('cbr0', 'f'.repeat(64), 'eth0'), '62662941-3089-5a3a-af9f-6e9d5653ab63'],
    [networkId('nat'), 'bd58f692-1b42-51a9-a393-c9bb40c25399'],
    [networkId('a'.repeat(200)), '8a32e8ee-b333-5b11-8eda-c19327affc02'],
  ])('%s stays', (id, expected) => {
    expect(id).toBe(expected);
    expect(isOurScheme(id)).toBe(true);
  });
});
