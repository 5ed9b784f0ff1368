import { describe, expect, it } from 'vitest';
import { outcomeOf, resultOf } from './outcome-of.ts';

describe('the firewall', () => {
  const rule = {
    name: 'x',
    direction: 'In',
    action: 'Allow',
    protocol: 'UDP',
    localPorts: ['4789'],
  };
  it.each([
    ['the port', rule, 'ok'],
    ['a range', { ...rule, localPorts: ['80', '4000-5000'] }, 'ok'],
    ['any port', { ...rule, localPorts: ['Any'] }, 'ok'],
    ['any protocol', { ...rule, protocol: 'Any' }, 'ok'],
    ['its number', { ...rule, protocol: '17' }, 'ok'],
    ['the system', { ...rule, program: 'System' }, 'ok'],
    ['the next port', { ...rule, localPorts: ['4790-5000'] }, 'warn'],
    ['TCP', { ...rule, protocol: 'TCP' }, 'warn'],
    ['the way out', { ...rule, direction: 'Out' }, 'warn'],
    ['words', { ...rule, localPorts: ['RPC', 'IPHTTPSIn'] }, 'warn'],
  ])('a rule for %s: %s', (_, changed, result) => {
    expect(resultOf('node.firewall', 'overlay', { set: { 'firewall.rules.1': changed } })).toBe(
      result,
    );
  });

  it.each([
    [[{ name: 'Domain', enabled: true, defaultInbound: 'Block' }], 'warn'],
    [[{ name: 'Domain', enabled: true, defaultInbound: 'NotConfigured' }], 'warn'],
    [[{ name: 'Domain', enabled: true, defaultInbound: 'Allow' }], 'ok'],
    [[{ name: 'Domain', enabled: false, defaultInbound: 'Block' }], 'ok'],
  ])('profiles %j without a rule: %s', (profiles, result) => {
    const set = { 'firewall.profiles': profiles, 'firewall.rules': [] };
    expect(resultOf('node.firewall', 'overlay', { set })).toBe(result);
  });
});

describe('versions of containerd', () => {
  it.each([
    ['1.6.8', 'fail'],
    ['v1.7.27', 'fail'],
    ['2.0.0', 'ok'],
  ])('%s with 1.1.0: %s', (version, result) => {
    const set = { 'containerd.version': version };
    expect(resultOf('runtime.version', 'new', { set })).toBe(result);
  });

  it('says nothing of a version that it cannot read', () => {
    const set = { 'containerd.version': 'unknown' };
    expect(resultOf('runtime.version', 'new', { set })).toBe('skipped');
  });
});

describe('where pods get their addresses', () => {
  const taken = { 'hns.v1.endpoints.3.IPAddress': '10.244.4.11' };
  it('is told by the configuration where flanneld does not say it, and is unknown else', () => {
    const remove = ['subnetEnv'];
    expect(resultOf('hns.remote-conflict', 'overlay', { set: taken, remove })).toBe('skipped');
    const text = {
      cniVersion: '1.0.0',
      name: 'flannel.4096',
      type: 'win-overlay',
      ipam: { type: 'host-local', subnet: '10.244.4.0/24' },
    };
    const set = {
      ...taken,
      'configurations.0': { path: 'C:\\x\\1.conf', text: JSON.stringify(text) },
    };
    expect(resultOf('hns.remote-conflict', 'overlay', { set, remove })).toBe('fail');
  });
});

describe('hostile facts', () => {
  it('reach no terminal as they are', () => {
    const name = 'iis\u001b[2J\r\nevil\u202e';
    const { findings } = outcomeOf('hns.endpoint-state', 'overlay', {
      set: { 'looks.1.sandboxes.0.name': name, 'hns.v1.endpoints.0.State': 5 },
    });
    expect(findings[0]?.remedy.join('')).toContain('evil');
    expect(JSON.stringify(findings)).not.toMatch(/\\u|\\r|\\n|\u202e/);
  });

  it.each([
    ["a'b", "Disable-NetFirewallRule -DisplayName 'a''b'"],
    ['a\u2019b', "Disable-NetFirewallRule -DisplayName 'a\u2019\u2019b'"],
    ['$(calc)', "Disable-NetFirewallRule -DisplayName '$(calc)'"],
  ])('%s is a text of PowerShell in a command', (name, command) => {
    const block = {
      name,
      direction: 'In',
      action: 'Block',
      protocol: 'TCP',
      localPorts: ['10250'],
    };
    const { findings } = outcomeOf('node.firewall', 'overlay', {
      set: { 'firewall.rules.0': block },
    });
    expect(findings[0]?.remedy).toEqual([command]);
  });
});
