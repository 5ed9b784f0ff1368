import { describe, expect, it } from 'vitest';
import {
  interfaceComplaint,
  isIdentifier,
  isPluginType,
  sandboxId,
} from '../../../plugins/cni/identifiers.ts';
import { callOf, thrownBy } from './trial.ts';

const long = 'a'.repeat(64);
const outside = [
  '',
  '.',
  '..',
  '../x',
  '/x',
  'a/b',
  'a\\b',
  'C:',
  'a:b',
  'a b',
  'a\tb',
  'a\n',
  'a\0',
];

describe('a container id', () => {
  it.each(['a', '0', 'a.b', 'A_b-c.D', long])('can be %s', (text) => {
    expect(isIdentifier(text)).toBe(true);
  });

  it.each([...outside, '-a', '_a', '.a', 'ä', 'a*', '%2e', 'a'.repeat(201)])(
    'can’t be %j',
    (text) => {
      expect(isIdentifier(text)).toBe(false);
    },
  );
});

describe('an interface name', () => {
  it.each(['eth0', 'vEthernet_1', 'Ethernet-2', 'a'.repeat(15), '...'])('can be %s', (name) => {
    expect(interfaceComplaint(name)).toBeUndefined();
  });

  it.each([...outside, 'a'.repeat(16), 'eth 0', 'eth0\u0007', 'eth\u00a00'])(
    'can’t be %j',
    (name) => {
      expect(interfaceComplaint(name)).toBeTypeOf('string');
    },
  );
});

describe('a plugin’s type', () => {
  it.each(['win-overlay', 'host-local', 'azure-vnet-ipam', 'plugin.v2', 'console', 'com10'])(
    'can be %s',
    (type) => {
      expect(isPluginType(type)).toBe(true);
    },
  );

  const devices = ['NUL', 'con', 'aux', 'PRN', 'com1', 'LPT9', 'nul.exe', 'Con.tar.gz'];
  it.each([...outside, ...devices, '...', '-rf', '$(id)', 'a|b', '%x%'])('can’t be %j', (type) => {
    expect(isPluginType(type)).toBe(false);
  });
});

describe('the sandbox of a call', () => {
  it.each(['', 'none', '8e3b6a40-1111-4222-8333-444455556666', '/var/run/netns/x'])(
    'with netns %j is its container',
    (netns) => {
      expect(sandboxId(callOf('ADD', { netns }))).toBe('pod1');
    },
  );

  it('is the container whose network a Docker workload shares', () => {
    expect(sandboxId(callOf('ADD', { netns: `container:${long}` }))).toBe(long);
  });

  it.each(outside)('is no %j', (id) => {
    const netns = `container:${id}`;
    expect(thrownBy(() => sandboxId(callOf('DEL', { netns }))).code).toBe(4);
  });
});
