import { describe, expect, it } from 'vitest';
import { delegateCall, delegateTo } from '../../cni/delegate.ts';
import type { Call } from '../../cni/plugin.ts';
import { callOf, commands, hostOf, recorder, result } from './trial.ts';

describe('the call to a delegate', () => {
  const config = { cniVersion: '0.4.0', name: 'cbr0', type: 'trial', logFile: '/log' };
  const call = callOf('ADD', { version: '0.4.0', config });

  it('is ours, with a configuration of its own that says the network and the version', () => {
    const own = { type: 'nat', CNIVERSION: 'x', Name: ['y'] };
    const built = delegateCall(call, own);
    expect(built).toEqual({ ...call, config: { type: 'nat', name: 'cbr0', cniVersion: '0.4.0' } });
    expect(own).toEqual({ type: 'nat', CNIVERSION: 'x', Name: ['y'] });
  });

  it('may be about another network than ours', () => {
    const built = delegateCall(call, { type: 'nat' }, 'old');
    expect(built).toMatchObject({ network: 'old', config: { name: 'old' } });
  });

  const prevResult = { ips: [] };
  const valid = [{ containerID: 'pod1', ifname: 'eth0' }];
  const given = {
    PrevResult: prevResult,
    'cni.dev/valid-attachments': valid,
    'cni.dev/attachments': null,
    runtimeConfig: { mac: '' },
  };
  const attachments = { 'cni.dev/valid-attachments': valid, 'cni.dev/attachments': null };
  it.each([
    ['ADD', {}],
    ['DEL', { PrevResult: prevResult }],
    ['CHECK', { PrevResult: prevResult }],
    ['GC', attachments],
    ['STATUS', {}],
  ] as const)('for %s has what the runtime added, and nothing else of ours', (command, added) => {
    const asked = { ...call, command, config: { ...config, ...given } };
    const expected = { type: 'nat', name: 'cbr0', cniVersion: '0.4.0', ...added };
    expect(delegateCall(asked, { type: 'nat' }).config).toEqual(expected);
  });

  it('has it once, whatever letter case the configuration had it in', () => {
    const asked = { ...call, command: 'DEL' as const, config: { ...config, ...given } };
    expect(delegateCall(asked, { PREVRESULT: 'old' }).config).toEqual({
      PrevResult: prevResult,
      name: 'cbr0',
      cniVersion: '0.4.0',
    });
  });
});

describe('one of our own', () => {
  it.each(commands)('is called for %s in this process', async (command) => {
    const calls: Call[] = [];
    const own = async (type: string) => (type === 'ours' ? recorder(calls) : undefined);
    const config = { CNIVERSION: 'x', name: 'cbr0' };
    const call = delegateCall(callOf(command, { version: '1.0.0', config }), config);
    const answer = await delegateTo({ host: hostOf(), own })('ours', call);
    expect(answer).toEqual(command === 'ADD' ? result : undefined);
    expect(calls).toEqual([{ ...call, config: { cniVersion: '1.0.0', name: 'cbr0' } }]);
  });

  it('fails with its own error', async () => {
    const error = new Error('its own');
    const own = async () => recorder([], () => Promise.reject(error));
    const answer = delegateTo({ host: hostOf(), own })('ours', callOf('DEL'));
    await expect(answer).rejects.toBe(error);
  });
});
