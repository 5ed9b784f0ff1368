import { describe, expect, it } from 'vitest';
import { interfaceProblem, isIdentifier, sandboxId } from '../../cni/identifiers.ts';
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

const devices = ['NUL', 'con', 'aux', 'PRN', 'com1', 'LPT9', 'nul.exe', 'Con.tar.gz'];

describe('a container id, a network’s or an executable’s name', () => {
  it.each(['a', '0', 'a.b', 'A_b-c.D', 'azure-vnet-ipam', 'plugin.v2', 'console', 'com10', long])(
    'can be %s',
    (text) => {
      expect(isIdentifier(text)).toBe(true);
    },
  );

  const wrong = ['-a', '_a', '.a', 'a.', 'ä', 'a*', '%2e', '-rf', '$(id)', 'a|b', 'a'.repeat(201)];
  it.each([...outside, ...devices, ...wrong])('can’t be %j', (text) => {
    expect(isIdentifier(text)).toBe(false);
  });
});

describe('an interface name', () => {
  it.each(['eth0', 'vEthernet_1', 'Ethernet-2', 'a'.repeat(15), '...'])('can be %s', (name) => {
    expect(interfaceProblem(name)).toBeUndefined();
  });

  it.each([...outside, 'a'.repeat(16), 'eth 0', 'eth0\u0007', 'eth\u00a00'])(
    'can’t be %j',
    (name) => {
      expect(interfaceProblem(name)).toBeTypeOf('string');
    },
  );
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
