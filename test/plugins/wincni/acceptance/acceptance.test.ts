import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimIds } from '../../../../plugins/wincni/acceptance/claims.ts';
import { expectDocument } from '../../../helpers/operator-document.ts';
import { acceptanceNode, everyMode } from '../../../helpers/trial-acceptance.ts';
import { endpoint, namespace, other } from './somebodys.ts';

describe('on the simulator', () => {
  it('refutes nothing, tries every line that it can, and leaves nothing', async () => {
    const node = acceptanceNode();
    const { exitCode, stderr, stdout } = await node.accept(...everyMode, '--json');
    const document = expectDocument('acceptance', stdout);
    expect(document).toMatchObject({
      source: 'simulator',
      otherwise: [],
      leftovers: [],
      adapters: [],
    });
    expect(exitCode).toBe(0);
    const { calls, steps, verdicts, ...file } = node.file();
    expect(verdicts.map(({ id }) => id)).toEqual(claimIds);
    // What needs Windows, and what is HNS's to do or not.
    expect(verdicts.filter(({ verdict }) => verdict !== 'confirmed')).toMatchObject([
      { id: 'left-out.filled-in', verdict: 'not reached' },
      {
        id: 'v1.com',
        verdict: 'not reached',
        evidence: 'PowerShell alone has COM: --ways powershell',
      },
      { id: 'seen.stopped', verdict: 'not reached' },
      { id: 'seen.flags-8', verdict: 'not reached' },
    ]);
    expect(file).toMatchObject({
      hns: '13.3',
      ways: ['simulator'],
      modes: ['nat', 'l2bridge', 'overlay'],
    });
    expect(file.after).toEqual({ ...file.before, rules: undefined });
    expect(new Set(calls.map(({ step }) => step))).toContain('simulator/nat/refusals');
    expect(stderr.split('\n')).toHaveLength(steps.length + 1 + wrappedLines(stderr));
    expect(node.hns()).toMatchObject({ networks: [], endpoints: [], namespaces: [] });
    expect(readdirSync(join(node.folder, 'state'))).toEqual([]);
  });

  it('says of each verdict what came, in lines of 80 columns', async () => {
    const node = acceptanceNode();
    const { stdout } = await node.accept();
    expect(stdout).toMatch(/^confirmed {4}codes\.network-exists +0x803B0010/m);
    expect(stdout).toMatch(/^not reached {2}left-out\.late-address +a NAT network has none/m);
    expect(stdout).toContain('refuted 0 ');
    expect(stdout).toContain('This was the simulator: it says nothing of Windows.');
    expect(
      stdout.split('\n').filter((line) => line.length > 80 && !line.includes(node.out)),
    ).toEqual([]);
  });

  it('tries a bridge alone, and says of a NAT network that it was not tried', async () => {
    const node = acceptanceNode();
    expect(await node.accept('--modes', 'l2bridge', '--adapter', 'Ethernet')).toMatchObject({
      exitCode: 0,
    });
    const of = (id: string) => node.file().verdicts.find((verdict) => verdict.id === id);
    expect(of('left-out.late-address')).toMatchObject({ verdict: 'confirmed' });
    expect(of('left-out.nat-type')).toMatchObject({
      verdict: 'not reached',
      evidence: 'it is for --modes nat',
    });
  });

  it('refutes a line where HNS does otherwise, and ends in 3', async () => {
    const node = acceptanceNode();
    node.orderFaults([
      { operation: 'CreateNetwork', after: 1, times: 1, code: '0x80070034', message: 'name' },
    ]);
    const { exitCode, stderr, stdout } = await node.accept('--json');
    expect(exitCode).toBe(3);
    const document = expectDocument('acceptance', stdout);
    expect(document['otherwise']).toEqual([
      expect.stringMatching(
        /^simulator\/nat\/refusals: expected a second network of a name: 0x803B0010; came: 0x80070034/,
      ),
    ]);
    const refuted = node.file().verdicts.filter(({ verdict }) => verdict === 'refuted');
    expect(refuted.map(({ id }) => id)).toEqual(['codes.network-exists', 'seen.second-name']);
    expect(stderr).toMatch(/^FAIL simulator\/nat\/refusals/m);
  });

  it('plays nothing of a network that is not made, and names why', async () => {
    const node = acceptanceNode();
    node.orderFaults([{ operation: 'CreateNetwork', code: '0x803B0015', message: 'no' }]);
    const { exitCode } = await node.accept();
    expect(exitCode).toBe(3);
    const { steps } = node.file();
    expect(steps.find(({ id }) => id === 'simulator/nat/refusals')?.findings).toMatchObject([
      {
        result: 'not reached',
        came: expect.stringContaining('the network was not made: 0x803B0015'),
      },
    ]);
  });

  it('names what is left where undoing fails, and clears it away at the next run', async () => {
    const node = acceptanceNode();
    node.orderFaults([{ operation: 'DeleteNetwork', code: '0x803B002C', message: 'in use' }]);
    const { exitCode, stdout } = await node.accept('--json');
    expect(exitCode).toBe(3);
    expect(expectDocument('acceptance', stdout)['leftovers']).toEqual([
      expect.stringMatching(/^network [\da-f-]{36} wincni-acceptance-nat$/),
    ]);
    expect(node.hns().networks).toHaveLength(1);
    node.orderFaults([]);
    const again = await node.run('acceptance', '--destroy-on', 'win-7', '--out', `${node.out}2`);
    expect(again.exitCode).toBe(0);
    expect(node.hns().networks).toEqual([]);
  });

  it('clears away what a run that was killed had left: endpoints in namespaces, leases', async () => {
    const node = acceptanceNode();
    // The first detachment and all that come after are refused: as if nobody had been there to do it.
    node.orderFaults([
      { operation: 'ModifyNamespace', after: 1, code: '0x803B0025' },
      { operation: 'DeleteEndpoint', code: '0x803B0025' },
      { operation: 'DeleteNetwork', code: '0x803B0025' },
      { operation: 'DeleteNamespace', code: '0x803B0025' },
    ]);
    await node.accept();
    const { endpoints, namespaces, networks } = node.hns();
    expect([endpoints.length > 0, namespaces.length > 0, networks.length]).toEqual([true, true, 1]);
    node.orderFaults([]);
    const again = await node.run('acceptance', '--destroy-on', 'win-7', '--out', `${node.out}2`);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(node.hns()).toMatchObject({ networks: [], endpoints: [], namespaces: [] });
  });

  it("leaves alone what is not its own: another network, the host's endpoint and namespace", async () => {
    const there = {
      networks: [other],
      endpoints: [endpoint('cbr0_ep')],
      namespaces: [namespace('HostDefault')],
    };
    const node = acceptanceNode(there);
    expect(await node.accept()).toMatchObject({ exitCode: 0 });
    expect(node.hns()).toMatchObject({ networks: [other], endpoints: [endpoint('cbr0_ep')] });
    expect(node.hns().namespaces).toHaveLength(1);
  });
});

/** Lines that go on in the next. */
const wrappedLines = (text: string) =>
  text.split('\n').filter((line) => line.startsWith('     ')).length;
