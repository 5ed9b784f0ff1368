import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { object, parseConfig } from '../../cni/config.ts';
import { validAttachments } from '../../cni/valid-attachments.ts';
import { callOf, thrownBy } from './trial.ts';

const schema = object({
  subnetFile: z.optional(z.string()),
  apiVersion: z.optional(z.union([z.literal(1), z.literal(2)])),
  policies: z.optional(z.array(object({ name: z.literal('EndpointPolicy'), value: z.unknown() }))),
  vni: z.optional(z.number().check(z.minimum(4096))),
});

describe('a configuration', () => {
  it('matches keys in any letter case, at every depth; others pass', () => {
    const written = {
      SUBNETFILE: '/run/x',
      Policies: [{ NAME: 'EndpointPolicy', Value: { Type: 'ACL' } }],
      Other: 1,
    };
    expect(parseConfig(schema, written)).toEqual({
      subnetFile: '/run/x',
      policies: [{ name: 'EndpointPolicy', value: { Type: 'ACL' } }],
      Other: 1,
    });
  });

  it('takes null for absent, and the last of two keys', () => {
    expect(parseConfig(schema, { subnetFile: null })).toEqual({});
    expect(parseConfig(schema, { subnetFile: 'a', SubnetFile: 'b' })).toEqual({ subnetFile: 'b' });
  });

  it('has no key that changes other objects', () => {
    const parsed = parseConfig(schema, JSON.parse('{"__proto__": {"subnetFile": "x"}}'));
    expect(parsed.subnetFile).toBeUndefined();
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });

  it.each([
    [{ subnetFile: 1 }, 'subnetFile: expected string, found 1'],
    [{ SUBNETFILE: ['x'] }, 'subnetFile: expected string, found an array'],
    [{ policies: {} }, 'policies: expected array, found an object'],
    [{ policies: [{ name: 'x' }] }, 'policies[0].name: expected one of EndpointPolicy, found "x"'],
    [{ policies: [{}, 'x'] }, 'policies[0].name: expected one of EndpointPolicy, found nothing'],
    [{ vni: 1 }, 'vni: expected at least 4096, found 1'],
    [[], 'the configuration: expected object, found an array'],
  ])('%j is refused with the key’s path', (config, problem) => {
    const error = thrownBy(() => parseConfig(schema, config));
    expect(error.code).toBe(7);
    expect(error.message).toBe(`invalid network configuration: ${problem}`);
  });

  it('is refused with all that is wrong with it', () => {
    const error = thrownBy(() => parseConfig(schema, { subnetFile: 1, vni: 'x' }));
    expect(error.details.split('\n')).toEqual([
      'subnetFile: expected string, found 1',
      'vni: expected number, found "x"',
    ]);
  });
});

describe('what GC must leave alone', () => {
  const list = (more: object) =>
    validAttachments(callOf('GC', { config: { name: 'cbr0', ...more } }));
  const entry = { containerID: 'pod1', ifname: 'eth0' };
  const read = [{ containerId: 'pod1', ifName: 'eth0' }];

  it.each([
    ['is not known without a list', {}, undefined],
    ['is nothing when the list is Go’s empty one', { 'cni.dev/valid-attachments': null }, []],
    ['is nothing when the list is empty', { 'cni.dev/valid-attachments': [] }, []],
    ['is listed', { 'cni.dev/valid-attachments': [entry] }, read],
    ['is listed under the key’s first name too', { 'cni.dev/attachments': [entry] }, read],
  ])('%s', (_, more, attachments) => {
    expect(list(more)).toEqual(attachments);
  });

  it.each([{}, 'pod1', [null], ['pod1'], [{ containerID: 'pod1' }], [{ ...entry, ifname: 1 }]])(
    'is not guessed from %j',
    (value) => {
      expect(thrownBy(() => list({ 'cni.dev/valid-attachments': value })).code).toBe(7);
    },
  );
});
