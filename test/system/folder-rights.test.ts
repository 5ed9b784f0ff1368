import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exposedElsewhere, exposedOnWindows, othersIn } from '../../system/folder-rights.ts';
import { tempFolder } from '../cni/trial.ts';

const trustedInstaller = 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464';
const ours = 'D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-3-4)';

describe('who else may write into a folder', () => {
  it.each<[what: string, descriptor: string, inside: string[], above: string[]]>([
    ['nobody, as we make them', `O:BAG:SY${ours}`, [], []],
    ['nobody, where users read', `O:SYG:SY${ours}(A;OICI;0x1200a9;;;BU)`, [], []],
    ['nobody, as Windows makes its own', `O:${trustedInstaller}D:PAI(A;;FA;;;BA)`, [], []],
    // Below C:\, whatever is made there.
    [
      'those whom a folder of C: inherits',
      'O:BAG:SYD:AI(A;OICIID;FA;;;BA)(A;OICIID;FA;;;SY)(A;OICIID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)(A;OICIIOID;SDGXGWGR;;;AU)',
      ['Authenticated Users'],
      ['Authenticated Users'],
    ],
    // C:\ProgramData: users may add, and remove nothing that is others'.
    ['those who may add', 'O:SYD:AI(A;CI;DCLCRPCR;;;BU)', ['Users'], []],
    ['those who may remove', 'O:SYD:(A;;DT;;;BU)', ['Users'], ['Users']],
    ['those who may change its rights', 'O:SYD:(A;;WD;;;IU)', ['Interactive'], ['Interactive']],
    ['those who may take it', 'O:SYD:(A;;WO;;;BU)', ['Users'], ['Users']],
    ['everyone, where there are no rights', 'O:SYG:SY', ['Everyone'], ['Everyone']],
    ['everyone, by words', 'O:SYD:NO_ACCESS_CONTROL', ['Everyone'], ['Everyone']],
    [
      'its owner',
      'O:S-1-5-21-1-2-3-1001D:P(A;;FA;;;SY)',
      ['S-1-5-21-1-2-3-1001'],
      ['S-1-5-21-1-2-3-1001'],
    ],
    ['what holds below alone, below', 'O:SYD:(A;OICIIO;GA;;;WD)', ['Everyone'], []],
    ['nobody by what is denied', 'O:SYD:(D;;FA;;;BU)', [], []],
    ['each once', 'O:SYD:(A;;FA;;;BU)(A;;GA;;;BU)', ['Users'], ['Users']],
    ['nobody by what is no descriptor', 'O:SYD:(', [], []],
  ])('%s', (_, descriptor, inside, above) => {
    expect([othersIn(descriptor), othersIn(descriptor, true)]).toEqual([inside, above]);
  });
});

it('each exposed folder on Windows is told with the commands that mend it', () => {
  const open = 'O:BAD:(A;;FA;;;BU)';
  const windows = {
    systemFolder: () => undefined,
    makeFolder: () => false,
    descriptorOf: (path: string) => (path.endsWith('closed') ? `O:BA${ours}` : open),
  };
  const [exposed, ...others] = exposedOnWindows('/open/closed', windows);
  expect(others).toEqual([]);
  expect(exposed).toEqual({
    folder: '/open',
    who: ['Users'],
    mend: 'icacls "/open" /setowner "*S-1-5-32-544" && icacls "/open" /inheritance:r /grant:r "*S-1-5-18:(OI)(CI)F" "*S-1-5-32-544:(OI)(CI)F" "*S-1-5-32-545:(OI)(CI)RX"',
  });
});

it('elsewhere a folder is exposed by its mode or its owner', () => {
  const folder = join(tempFolder(), 'open', 'closed');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const uid = process.getuid?.() ?? 0;
  const here = () =>
    exposedElsewhere(folder, uid).filter((each) => each.folder.startsWith(join(folder, '..')));
  expect(here()).toEqual([]);
  chmodSync(join(folder, '..'), 0o722);
  expect(here()).toMatchObject([
    {
      folder: join(folder, '..'),
      who: [/^group/, 'everyone'].map((who) =>
        typeof who === 'string' ? who : expect.stringMatching(who),
      ),
    },
  ]);
  chmodSync(join(folder, '..'), 0o1777);
  expect(here()).toEqual([]);
  chmodSync(join(folder, '..'), 0o700);
});
