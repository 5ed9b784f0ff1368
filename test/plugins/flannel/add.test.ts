import { describe, expect, it } from 'vitest';
import { CniError } from '../../../cni/error.ts';
import type { Files } from '../../../system/host.ts';
import { failure } from '../../cni/trial.ts';
import { result, subnetEnv, type Trial, trial } from './trial.ts';

describe('ADD', () => {
  it('remembers what it hands on, before it does, for the reference to read as well', async () => {
    const seen: string[][] = [];
    const node: Trial = trial({
      delegate: async () => {
        seen.push([...node.scratchNames()]);
        return result;
      },
    });
    expect(await node.plugin.ADD(node.call('ADD'))).toEqual(result);
    expect(seen).toEqual([['pod1']]);
    expect(node.scratch('pod1')).toEqual({
      ...node.asked[0]?.call.config,
      wincni: { sandbox: 'pod1', ifName: 'eth0' },
    });
  });

  it('repeated gives the same, and one file', async () => {
    const node = trial();
    const first = await node.plugin.ADD(node.call('ADD'));
    expect(await node.plugin.ADD(node.call('ADD'))).toEqual(first);
    expect(node.scratchNames()).toEqual(['pod1']);
    expect(node.asked[1]).toEqual(node.asked[0]);
  });

  it('that fails is deleted again, and forgotten', async () => {
    const refused = new CniError(101, 'HNS refused');
    const node = trial({
      delegate: async (_, call) => {
        if (call.command === 'ADD') throw refused;
        return undefined;
      },
    });
    const config = { prevResult: { ips: [] } };
    expect(await failure(node.plugin.ADD(node.call('ADD', { config })))).toBe(refused);
    expect(node.commands()).toEqual(['ADD', 'DEL']);
    expect(node.asked[1]?.call.config).toEqual(node.asked[0]?.call.config);
    expect(node.scratchNames()).toEqual([]);
  });

  it('of a delegate that is not installed is forgotten: it has made nothing', async () => {
    const missing = async () => {
      throw new CniError(120, 'failed to find plugin "absent"');
    };
    const node = trial({ delegate: missing });
    const config = { delegate: { type: 'absent' } };
    expect((await failure(node.plugin.ADD(node.call('ADD', { config })))).code).toBe(120);
    expect(node.commands()).toEqual(['ADD']);
    expect(node.scratchNames()).toEqual([]);
  });

  it('that fails, and whose DEL fails, stays remembered; its own error is the answer', async () => {
    const node = trial({
      delegate: async (_, call) => {
        throw new CniError(101, `refused ${call.command}`);
      },
    });
    expect((await failure(node.plugin.ADD(node.call('ADD')))).message).toBe('refused ADD');
    expect(node.scratchNames()).toEqual(['pod1']);
  });

  it('repeated in vain does not delete what an earlier one made', async () => {
    let broken = false;
    const node = trial({
      delegate: async () => {
        if (broken) throw new CniError(11, 'busy');
        return result;
      },
    });
    await node.plugin.ADD(node.call('ADD'));
    broken = true;
    await failure(node.plugin.ADD(node.call('ADD')));
    expect(node.commands()).toEqual(['ADD', 'ADD']);
    expect(node.scratchNames()).toEqual(['pod1']);
  });

  it('answered with nothing is a failure of the delegate', async () => {
    const node = trial({ delegate: async () => undefined });
    expect((await failure(node.plugin.ADD(node.call('ADD')))).code).toBe(121);
    expect(node.scratchNames()).toEqual([]);
  });

  it('without a scratch file on the disk does not reach the delegate', async () => {
    const full = (files: Files): Files => ({
      ...files,
      writeNew() {
        throw Object.assign(new Error('ENOSPC: no space left'), {
          code: 'ENOSPC',
          syscall: 'open',
        });
      },
    });
    const node = trial({ files: full });
    await expect(node.plugin.ADD(node.call('ADD'))).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(node.asked).toEqual([]);
  });
});

describe('a subnet.env', () => {
  it('that is not there is code 11, at once, with its path', async () => {
    const node = trial();
    node.removeSubnetEnv();
    const error = await failure(node.plugin.ADD(node.call('ADD')));
    expect(error.code).toBe(11);
    expect(error.message).toContain(`flanneld is not running: there is no ${node.subnetFile}`);
    expect(node.slept()).toBe(0);
  });

  it('that is half written is waited for', async () => {
    const node = trial({
      subnetEnv: subnetEnv.slice(0, 40),
      onSleep: (slept, { writeSubnetEnv }) => slept >= 500 && writeSubnetEnv(subnetEnv),
    });
    expect(await node.plugin.ADD(node.call('ADD'))).toEqual(result);
    expect(node.slept()).toBe(500);
  });

  it('that stays half written is code 11, naming what is missing, after three seconds', async () => {
    const node = trial({ subnetEnv: subnetEnv.slice(0, subnetEnv.indexOf('FLANNEL_MTU')) });
    const error = await failure(node.plugin.ADD(node.call('ADD')));
    expect(error.code).toBe(11);
    expect(error.message).toContain('is missing FLANNEL_MTU, FLANNEL_IPMASQ');
    expect(node.slept()).toBeGreaterThanOrEqual(2900);
    expect(node.slept()).toBeLessThanOrEqual(3000);
  });

  it('that vanishes while it is waited for is code 11', async () => {
    const node = trial({ subnetEnv: '', onSleep: (_, { removeSubnetEnv }) => removeSubnetEnv() });
    const error = await failure(node.plugin.ADD(node.call('ADD')));
    expect(error).toMatchObject({ code: 11, message: expect.stringContaining('is not running') });
  });

  it('that flanneld has open is waited for', async () => {
    let open = 3;
    const node: Trial = trial({
      files: (files) => ({
        ...files,
        read(path) {
          if (path.endsWith('subnet.env') && open-- > 0) {
            throw Object.assign(new Error('EBUSY'), { code: 'EBUSY', syscall: 'open' });
          }
          return files.read(path);
        },
      }),
    });
    expect(await node.plugin.ADD(node.call('ADD'))).toEqual(result);
    expect(node.slept()).toBe(300);
  });

  it('with a wrong value is code 7, naming the key, at once', async () => {
    const node = trial({ subnetEnv: subnetEnv.replace('10.244.1.1/24', '10.244.1.1/240') });
    const error = await failure(node.plugin.ADD(node.call('ADD')));
    expect(error).toMatchObject({ code: 7, message: expect.stringContaining('FLANNEL_SUBNET') });
    expect(node.slept()).toBe(0);
  });

  it('in UTF-16, as PowerShell writes it, is told by its null characters', async () => {
    const node = trial();
    node.writeSubnetEnv(Buffer.from(subnetEnv, 'utf16le'));
    expect((await failure(node.plugin.ADD(node.call('ADD')))).details).toContain('UTF-16');
  });
});
